// Chooses what was done: by words or codes, one act or all of a noun; a code that is not in the list is taken as typed.

import { type ComboboxItem, type ComboboxParsedItem, Select, Text } from '@mantine/core'
import { useState } from 'react'
import { say, texts } from '../../lib/lang'
import { actOf, acts, nounOf } from './acts'

const t = texts({
  label: ['操作', 'What'],
  any: ['全部操作，可输入词语或代码', 'Anything; type words or a code'],
  all: ['{noun}：全部', '{noun}: all'],
  typed: ['代码以“{code}”开头', 'Codes that begin with “{code}”'],
  none: ['没有符合的操作', 'Nothing fits'],
})

const CODE = /^[a-z0-9-]+(\/[a-z0-9-]*)?$/

const choices = () => acts().map(([noun, actions]) => ({
  group: nounOf(noun),
  items: [{ value: `${noun}/`, label: say(t.all, { noun: nounOf(noun) }) }, ...actions.map((action) => ({ value: action, label: actOf(action) ?? action }))],
}))

const fits = (item: ComboboxItem, words: string) => `${item.label} ${item.value}`.toLowerCase().includes(words)

/** Finds in words and codes alike. */
function filter({ options, search }: { options: ComboboxParsedItem[]; search: string }): ComboboxParsedItem[] {
  const words = search.trim().toLowerCase()
  return options.flatMap((option): ComboboxParsedItem[] => {
    if (!('group' in option)) return fits(option as ComboboxItem, words) ? [option] : []
    const items = (option.items as ComboboxItem[]).filter((item) => fits(item, words))
    return items.length > 0 ? [{ ...option, items }] : []
  })
}

export function ActSelect({ value, onChange }: { value: string | null; onChange: (action: string | null) => void }) {
  const [typed, setTyped] = useState('')
  const groups = choices()
  const known = (code: string) => groups.some((group) => group.items.some((item) => item.value === code))
  const code = value && !known(value) ? value : typed.trim()
  const own = CODE.test(code) && !known(code) ? [{ value: code, label: say(t.typed, { code }) }] : []
  return (
    <Select
      aria-label={t.label} placeholder={t.any} searchable clearable value={value} onChange={onChange} data={[...groups, ...own]} filter={filter as never}
      searchValue={typed} onSearchChange={setTyped} nothingFoundMessage={t.none} w={{ base: '100%', sm: 270 }} comboboxProps={{ width: 320, position: 'bottom-start' }}
      renderOption={({ option }) => <div><Text fz="sm">{option.label}</Text><Text fz="xs" c="dimmed" className="mono">{option.value}</Text></div>}
    />
  )
}
