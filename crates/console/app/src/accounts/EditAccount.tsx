// Change one account: password, limits, remark, UDP.

import { Button, Group, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useWrite } from '../api/hooks'
import { Count } from '../lib/Count'
import { FormDrawer } from '../lib/forms'
import { say, texts } from '../lib/lang'
import { UDP_TYPES } from '../lib/products'
import { Failed, done } from '../lib/ui'
import type { Account } from './Accounts'
import { randomWord } from './lines'

const t = texts({
  title: ['编辑 {name}', 'Edit {name}'],
  password: ['新密码', 'New password'],
  passwordHow: ['留空则不变；6 到 16 个字母或数字', 'Blank keeps it; 6 to 16 letters and digits'],
  random: ['随机', 'Random'],
  limit: ['总流量上限（GB）', 'Traffic limit (GB)'],
  daily: ['每日上限（GB）', 'Daily limit (GB)'],
  zero: ['0 表示不限', '0: none'],
  remark: ['备注', 'Remark'],
  udp: ['允许 UDP（SOCKS5）', 'Allow UDP (SOCKS5)'],
  save: ['保存', 'Save'],
  saved: ['已保存，1 秒内在所有网关生效', 'Saved; it holds on every gateway within a second'],
})

export function EditAccount({ account, close, changes }: { account: Account; close: () => void; changes: readonly ('whitelist-account/search' | 'whitelist-account/list' | 'whitelist-account/quotas')[] }) {
  const change = useWrite('proxy-account/change', changes)
  const [password, setPassword] = useState('')
  const [limit, setLimit] = useState(account.limit_flow)
  const [daily, setDaily] = useState(account.daily_limit_flow)
  const [remark, setRemark] = useState(account.remark)
  const [udp, setUdp] = useState(account.udp === 1)
  const mayUdp = UDP_TYPES.includes(account.product_type)
  const fields = change.error?.fields ?? {}
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(
      { account: account.username, password: password || undefined, limit: limit, daily_limit: daily, remark, udp: mayUdp ? (udp ? 1 : 0) : undefined },
      { onSuccess: () => { done(t.saved); close() } },
    )
  }
  return (
    <FormDrawer opened onClose={close} position="right" title={say(t.title, { name: account.username })}>
      <Stack component="form" onSubmit={save}>
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput flex={1} label={t.password} description={t.passwordHow} value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={fields.password} autoComplete="off" />
          <Button variant="default" onClick={() => setPassword(randomWord(12))}>{t.random}</Button>
        </Group>
        <SimpleGrid cols={2} spacing="sm">
          <Count label={t.limit} description={t.zero} min={0} max={102400} value={limit} set={setLimit} error={fields.limit} />
          <Count label={t.daily} description={t.zero} min={0} max={102400} value={daily} set={setDaily} error={fields.daily_limit} />
        </SimpleGrid>
        <TextInput label={t.remark} value={remark} onChange={(e) => setRemark(e.currentTarget.value)} error={fields.remark} />
        {mayUdp && <Switch label={t.udp} checked={udp} onChange={(e) => setUdp(e.currentTarget.checked)} />}
        {change.error && Object.keys(fields).length === 0 && <Failed error={change.error} />}
        <Button type="submit" loading={change.isPending}>{t.save}</Button>
      </Stack>
    </FormDrawer>
  )
}
