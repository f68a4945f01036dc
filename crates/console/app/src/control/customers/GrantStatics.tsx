// Static addresses that a customer gets without paying: one package for each.

import { Button, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Count } from '../../lib/Count'
import { CountrySelect } from '../../lib/CountrySelect'
import { FormModal } from '../../lib/forms'
import { say, texts } from '../../lib/lang'
import { STATIC_TYPES } from '../../lib/products'
import { done } from '../../lib/ui'
import { useTell } from '../api'
import { productName } from '../catalogue/types'
import { FieldFault } from '../kit'

const t = texts({
  title: ['赠送静态 IP', 'Grant static addresses'],
  type: ['类型', 'Type'],
  count: ['数量', 'How many'],
  days: ['有效天数', 'Valid for days'],
  reason: ['原因（记入审计）', 'Reason, for the audit'],
  go: ['赠送', 'Grant'],
  done: ['已赠送：{list}', 'Granted: {list}'],
})

export function GrantStatics({ close, customer }: { close: () => void; customer: string }) {
  const [type, setType] = useState(String(STATIC_TYPES[0]))
  const [country, setCountry] = useState<string | null>(null)
  const [count, setCount] = useState(1)
  const [days, setDays] = useState(30)
  const [reason, setReason] = useState('')
  const grant = useTell<object, { addresses: string[] }>('static-ip/grant', ['static-ip', 'package', 'customer', 'exit'])
  const wrong = grant.error?.fields ?? {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    grant.mutate({ customer, type: Number(type), country, count, days, reason }, { onSuccess: ({ addresses }) => { done(say(t.done, { list: addresses.join(', ') })); close() } })
  }
  return (
    <FormModal opened onClose={close} title={t.title} radius="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <Select label={t.type} value={type} onChange={(v) => v && setType(v)} data={STATIC_TYPES.map((n) => ({ value: String(n), label: productName(n) }))} allowDeselect={false} error={wrong.type} />
          <CountrySelect value={country} set={setCountry} required error={wrong.country} />
          <SimpleGrid cols={2} spacing="sm">
            <Count label={t.count} value={count} set={setCount} min={1} max={1_000} error={wrong.count} />
            <Count label={t.days} value={days} set={setDays} min={1} max={3_660} error={wrong.days} />
          </SimpleGrid>
          <TextInput label={t.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={200} error={wrong.reason} />
          {grant.error && <FieldFault error={grant.error} shown={['type', 'country', 'count', 'days', 'reason']} />}
          <Button type="submit" loading={grant.isPending}>{t.go}</Button>
        </Stack>
      </form>
    </FormModal>
  )
}
