// Chooses one of the customer's accounts; searches on the server, so that a hundred thousand of them are no matter.

import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useRead } from '../api/hooks'
import { texts } from '../lib/lang'

const t = texts({ any: ['全部账号', 'Every account'], account: ['账号', 'Account'], none: ['没有匹配的账号', 'No account fits'], clear: ['清除', 'Clear'] })

interface Props { value: string | null; onChange: (name: string | null) => void; label?: string; need?: boolean; placeholder?: string }

export function AccountSelect({ value, onChange, label, need, placeholder }: Props) {
  const [word, setWord] = useState('')
  const [keyword] = useDebouncedValue(word === value ? '' : word, 250)
  const read = useRead('whitelist-account/search', { keyword: keyword || undefined, size: 20 })
  const names = (read.data?.list ?? []).map((a) => a.username)
  const data = value && !names.includes(value) ? [value, ...names] : names
  return (
    <Select
      w={label ? undefined : 210} label={label} aria-label={label ? undefined : t.account} placeholder={placeholder ?? t.any} searchable clearable={!need} allowDeselect={!need} clearButtonProps={{ 'aria-label': t.clear }}
      data={data} filter={({ options }) => options} value={value} onChange={onChange} onSearchChange={setWord} nothingFoundMessage={t.none}
    />
  )
}
