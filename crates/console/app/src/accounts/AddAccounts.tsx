// Add accounts: so many with random names and passwords, or those that somebody pasted.

import { Button, SegmentedControl, Select, SimpleGrid, Stack, TextInput, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { Count } from '../lib/Count'
import { FormDrawer } from '../lib/forms'
import { number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { type AccountType, accountTypeOptions } from '../lib/products'
import { Failed, beyond, done } from '../lib/ui'
import { pairsIn, randomWord } from './lines'

const t = texts({
  title: ['添加代理账号', 'Add proxy accounts'],
  random: ['随机生成', 'Make for me'],
  paste: ['粘贴列表', 'Paste a list'],
  count: ['数量', 'How many'],
  prefix: ['名称前缀', 'Names begin with'],
  list: ['账号列表', 'Accounts'],
  listHow: ['每行一个 用户名:密码，最多 1000 个；用户名 2–32、密码 4–32 个字母或数字', 'One username:password a line, at most 1,000; letters and digits, 2–32 for names, 4–32 for passwords'],
  type: ['套餐类型', 'Product type'],
  limit: ['总流量上限（GB）', 'Traffic limit (GB)'],
  daily: ['每日上限（GB）', 'Daily limit (GB)'],
  zero: ['0 表示不限', '0: none'],
  remark: ['备注', 'Remark'],
  go: ['添加 {n} 个', 'Add {n}'],
  added: ['已添加 {n} 个账号', 'Accounts added: {n}'],
  left: ['该类型还可添加 {n} 个', '{n} more of this type can be added'],
})

/** `first`: the product type that is proposed. */
export function AddAccounts({ opened, close, first, changes }: { opened: boolean; close: () => void; first?: number; changes: readonly ('whitelist-account/search' | 'whitelist-account/list' | 'whitelist-account/quotas')[] }) {
  return (
    <FormDrawer opened={opened} onClose={close} position="right" title={t.title}>
      <Form close={close} first={first ?? 9} changes={changes} />
    </FormDrawer>
  )
}

function Form({ close, first, changes }: { close: () => void; first: number; changes: Parameters<typeof AddAccounts>[0]['changes'] }) {
  const add = useWrite('whitelist-account/add', changes)
  const quotas = useRead('whitelist-account/quotas')
  const [way, setWay] = useState('random')
  const [count, setCount] = useState(1)
  const [prefix, setPrefix] = useState('user')
  const [pasted, setPasted] = useState('')
  const [type, setType] = useState(String(first))
  const [limit, setLimit] = useState(0)
  const [daily, setDaily] = useState(0)
  const [remark, setRemark] = useState('')
  const pairs = pairsIn(pasted)
  const n = way === 'random' ? count : pairs.length
  const quota = quotas.data?.list.find((q) => String(q.product_type) === type)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const accounts = way === 'random' ? Array.from({ length: n }, () => `${prefix}${randomWord(6)}:${randomWord(12)}`) : pairs
    add.mutate(
      { accounts: accounts.join(','), product_type: Number(type) as AccountType, limit: limit, daily_limit: daily, remark },
      { onSuccess: () => { done(say(t.added, { n: number(n) })); close() } },
    )
  }
  return (
    <Stack component="form" onSubmit={submit}>
      <SegmentedControl fullWidth value={way} onChange={setWay} data={[{ value: 'random', label: t.random }, { value: 'paste', label: t.paste }]} />
      {way === 'random' ? (
        <SimpleGrid cols={2} spacing="sm">
          <Count label={t.count} min={1} max={1000} value={count} set={setCount} />
          <TextInput label={t.prefix} value={prefix} maxLength={20} onChange={(e) => setPrefix(e.currentTarget.value.replace(/[^A-Za-z0-9]/g, ''))} />
        </SimpleGrid>
      ) : (
        <Textarea label={t.list} description={t.listHow} autosize minRows={6} maxRows={14} value={pasted} onChange={(e) => setPasted(e.currentTarget.value)} placeholder={'alice:s3cret99\nbob:pass1234'} classNames={{ input: 'mono' }} error={add.error?.reasons.accounts?.map((line) => <div key={line}>{line}</div>)} />
      )}
      <Select label={t.type} data={accountTypeOptions()} value={type} allowDeselect={false} onChange={(next) => setType(next ?? '9')} description={quota && say(t.left, { n: number(quota.left) })} />
      <SimpleGrid cols={2} spacing="sm">
        <Count label={t.limit} description={t.zero} min={0} max={102400} value={limit} set={setLimit} error={add.error?.fields.limit} />
        <Count label={t.daily} description={t.zero} min={0} max={102400} value={daily} set={setDaily} error={add.error?.fields.daily_limit} />
      </SimpleGrid>
      <TextInput label={t.remark} value={remark} onChange={(e) => setRemark(e.currentTarget.value)} error={add.error?.fields.remark} />
      {add.error && beyond(add.error, ['limit', 'daily_limit', 'remark', ...(way === 'paste' ? ['accounts'] : [])]) && <Failed error={add.error} />}
      <Button type="submit" loading={add.isPending} disabled={n < 1}>{say(t.go, { n: number(n) })}</Button>
    </Stack>
  )
}
