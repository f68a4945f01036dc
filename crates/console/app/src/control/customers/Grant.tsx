// Grants a package to a customer without an order.

import { Button, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Count } from '../../lib/Count'
import { FormModal } from '../../lib/forms'
import { texts } from '../../lib/lang'
import { done } from '../../lib/ui'
import { useTell } from '../api'
import { BUCKETS, COUNTED, productName } from '../catalogue/types'
import { FieldFault } from '../kit'

const t = texts({
  title: ['赠送套餐', 'Grant a package'],
  type: ['类型', 'Type'],
  gb: ['流量（GB）', 'Traffic, GB'],
  count: ['次数', 'Uses'],
  bandwidth: ['带宽（Mbit/s）', 'Bandwidth, Mbit/s'],
  concurrency: ['并发连接', 'Connections at once'],
  days: ['有效天数', 'Valid for days'],
  reason: ['原因（记入审计）', 'Reason, for the audit'],
  go: ['赠送', 'Grant'],
  done: ['套餐已赠送', 'The package is granted'],
})

export function Grant({ opened, close, customer }: { opened: boolean; close: () => void; customer: string }) {
  const [type, setType] = useState('9')
  const [amount, setAmount] = useState(1)
  const [bandwidth, setBandwidth] = useState(10)
  const [concurrency, setConcurrency] = useState(100)
  const [days, setDays] = useState(30)
  const [reason, setReason] = useState('')
  const grant = useTell('package/grant', ['package', 'customer'])
  const wrong = grant.error?.fields ?? {}
  const number = Number(type)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const what = number === 11 ? { bandwidth, concurrency } : COUNTED.includes(number) ? { count: amount } : { gb: amount }
    grant.mutate({ customer, type: number, ...what, days, reason }, { onSuccess: () => { done(t.done); close() } })
  }
  return (
    <FormModal opened={opened} onClose={close} title={t.title} radius="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <Select label={t.type} value={type} onChange={(v) => setType(v ?? '9')} data={[...BUCKETS, 11, ...COUNTED].map((n) => ({ value: String(n), label: productName(n) }))} allowDeselect={false} searchable />
          {number === 11 ? (
            <SimpleGrid cols={2} spacing="sm"><Count label={t.bandwidth} value={bandwidth} set={setBandwidth} min={1} required error={wrong.bandwidth} /><Count label={t.concurrency} value={concurrency} set={setConcurrency} min={1} required error={wrong.concurrency} /></SimpleGrid>
          ) : (
            <Count label={COUNTED.includes(number) ? t.count : t.gb} value={amount} set={setAmount} min={1} max={10_000_000} required error={wrong.gb ?? wrong.count} />
          )}
          <Count label={t.days} value={days} set={setDays} min={1} max={3660} required error={wrong.days} />
          <TextInput label={t.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={200} required error={wrong.reason} />
          {grant.error && <FieldFault error={grant.error} shown={['bandwidth', 'concurrency', 'gb', 'count', 'days', 'reason']} />}
          <Button type="submit" loading={grant.isPending}>{t.go}</Button>
        </Stack>
      </form>
    </FormModal>
  )
}
