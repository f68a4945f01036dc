// Proxy accounts: find, add many, switch on and off, limit, copy.

import { ActionIcon, Box, Button, Card, CloseButton, Group, Menu, Select, Switch, Text, TextInput } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { IconCode, IconCopy, IconDots, IconEdit, IconPlus, IconSearch, IconTrash, IconUsers } from '@tabler/icons-react'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Row } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { State, useQuestion } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { DataTable, Pager } from '../lib/DataTable'
import { day, number, size } from '../lib/format'
import { say, texts } from '../lib/lang'
import { type AccountType, accountTypeOptions, productName } from '../lib/products'
import { Empty, Loaded, Screen, done, failed } from '../lib/ui'
import { AddAccounts } from './AddAccounts'
import { EditAccount } from './EditAccount'
import { lineOf, shown } from './lines'

export type Account = Row<'whitelist-account/search'>

const t = texts({
  title: ['代理账号', 'Proxy accounts'],
  about: ['网关接受的用户名和密码，更改在 1 秒内对所有网关生效。', 'Usernames and passwords that gateways accept. Changes hold on every gateway within a second.'],
  add: ['添加账号', 'Add accounts'],
  find: ['按名称或备注查找', 'Find by name or remark'],
  anyType: ['全部类型', 'Every type'],
  type: ['套餐类型', 'Product type'],
  clear: ['清除', 'Clear'],
  name: ['账号', 'Account'],
  password: ['密码', 'Password'],
  used: ['已用', 'Used'],
  noLimit: ['不限', 'no limit'],
  perDay: ['每日 {n} GB', '{n} GB a day'],
  state: ['状态', 'State'],
  on: ['启用', 'On'],
  off: ['禁用', 'Off'],
  made: ['创建', 'Made'],
  none: ['还没有代理账号', 'No proxy accounts yet'],
  noneHow: ['添加第一个账号，然后用它连接代理入口。', 'Add the first one, then connect to the proxy entry with it.'],
  noMatch: ['没有匹配的账号', 'No account fits'],
  noMatchHow: ['换个关键词或清除筛选。', 'Try another word, or clear the filter.'],
  picked: ['已选 {n} 个', '{n} selected'],
  enable: ['启用', 'Enable'],
  disable: ['禁用', 'Disable'],
  remove: ['删除', 'Delete'],
  copyAll: ['复制 host:port:user:pass', 'Copy host:port:user:pass'],
  edit: ['编辑', 'Edit'],
  code: ['生成代码', 'Get code'],
  more: ['更多操作：{name}', 'More for {name}'],
  removeTitle: ['删除 {n} 个账号？', 'Delete accounts ({n})?'],
  removeText: ['正在使用这些账号的连接会立即断开，用量记录会保留。', 'Connections that use them are cut at once. Their usage stays on record.'],
  removed: ['已删除', 'Deleted'],
  changed: ['已更改', 'Changed'],
  copied: ['已复制 {n} 行', 'Lines copied: {n}'],
})

const CHANGES = ['whitelist-account/search', 'whitelist-account/list', 'whitelist-account/quotas'] as const

export function Accounts() {
  const [keyword, setKeyword] = useState('')
  const [type, setType] = useState<string | null>(null)
  const [page, setPage] = useState(1)
  const [picked, setPicked] = useState(new Set<string>())
  const [word] = useDebouncedValue(keyword.trim(), 250)
  const read = useRead('whitelist-account/search', { keyword: word || undefined, product_type: type ? (Number(type) as AccountType) : undefined, page, size: 20 })
  const asked = useSearch({ strict: false }) as { add?: number }
  const [adding, add] = useDisclosure(asked.add !== undefined)
  const [edited, setEdited] = useState<Account>()
  const filtered = word !== '' || type !== null
  const filter = (change: () => void) => { change(); setPage(1); setPicked(new Set()) }
  return (
    <Screen title={t.title} about={t.about} actions={<Button leftSection={<IconPlus size={16} />} onClick={add.open}>{t.add}</Button>}>
      <Card withBorder radius="lg" padding={0}>
        <Group p="md" gap="sm" className="filters">
          <TextInput flex={1} miw={180} maw={360} aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={16} />} value={keyword} onChange={(e) => filter(() => setKeyword(e.target.value))} rightSection={keyword && <CloseButton size="sm" aria-label={t.clear} onClick={() => filter(() => setKeyword(''))} />} />
          <Select w={200} aria-label={t.type} placeholder={t.anyType} clearable data={accountTypeOptions()} value={type} onChange={(next) => filter(() => setType(next))} clearButtonProps={{ 'aria-label': t.clear }} />
        </Group>
        {picked.size > 0 && <Bulk names={[...picked]} rows={read.data?.list ?? []} clear={() => setPicked(new Set())} />}
        <Loaded from={read} lines={6}>
          {(data) =>
            data.list.length === 0 ? (
              filtered ? <Empty icon={IconSearch} title={t.noMatch}>{t.noMatchHow}</Empty> : <Empty icon={IconUsers} title={t.none} action={<Button onClick={add.open}>{t.add}</Button>}>{t.noneHow}</Empty>
            ) : (
              <>
                <AccountRows rows={data.list} picked={picked} onPick={setPicked} edit={setEdited} />
                <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
              </>
            )
          }
        </Loaded>
      </Card>
      <AddAccounts first={asked.add} opened={adding} close={add.close} changes={CHANGES} />
      {edited && <EditAccount account={edited} close={() => setEdited(undefined)} changes={CHANGES} />}
    </Screen>
  )
}

function AccountRows({ rows, picked, onPick, edit }: { rows: Account[]; picked: Set<string>; onPick: (next: Set<string>) => void; edit: (account: Account) => void }) {
  return (
    <DataTable
      label={t.title} rows={rows} id={(a) => a.username} picked={picked} onPick={onPick}
      columns={[
        { head: t.name, cell: (a) => <><Text fw={600} fz="sm" className="mono typed">{a.username}</Text>{a.remark && <Text fz="xs" c="dimmed" className="typed">{a.remark}</Text>}</> },
        { head: t.password, cell: (a) => <Group gap={2} wrap="nowrap" display="inline-flex"><span className="mono">{shown(a.password)}</span>{a.password && <CopyButton text={a.password} />}</Group> },
        { head: t.type, cell: (a) => productName(a.product_type) },
        { head: t.used, right: true, cell: (a) => <Used of={a} /> },
        { head: t.state, cell: (a) => <Toggle of={a} /> },
        { head: t.made, cell: (a) => day(a.created_at) },
        { head: '', actions: true, cell: (a) => <RowMenu of={a} edit={() => edit(a)} /> },
      ]}
    />
  )
}

function Used({ of: a }: { of: Account }) {
  return (
    <Box>
      {size(a.usage_flow)} <Text span c="dimmed" fz="xs">/ {a.limit_flow > 0 ? `${number(a.limit_flow)} GB` : t.noLimit}</Text>
      {a.daily_limit_flow > 0 && <Text fz="xs" c="dimmed">{say(t.perDay, { n: number(a.daily_limit_flow) })}</Text>}
    </Box>
  )
}

function Toggle({ of: a }: { of: Account }) {
  const enable = useWrite('whitelist-account/enable', CHANGES)
  const disable = useWrite('whitelist-account/disable', CHANGES)
  const on = a.status === 1
  const busy = enable.isPending || disable.isPending
  return (
    <Group gap={8} wrap="nowrap" display="inline-flex">
      <Switch size="xs" checked={on} disabled={busy} aria-label={`${a.username}: ${on ? t.on : t.off}`} onChange={() => (on ? disable : enable).mutate({ accounts: a.username }, { onError: failed })} />
      <State tone={on ? 'good' : 'idle'}>{on ? t.on : t.off}</State>
    </Group>
  )
}

function RowMenu({ of: a, edit }: { of: Account; edit: () => void }) {
  const entry = useRead('entry')
  const remove = useWrite('whitelist-account/delete', CHANGES)
  const { dialog, question } = useQuestion()
  const ask = () => question({ title: say(t.removeTitle, { n: 1 }), text: t.removeText, yes: t.remove, then: () => remove.mutate({ accounts: a.username }, { onError: failed, onSuccess: () => done(t.removed) }) })
  const copy = () => entry.data && void navigator.clipboard.writeText(lineOf(entry.data, a)).then(() => done(say(t.copied, { n: 1 })), failed)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={say(t.more, { name: a.username })}><IconDots size={18} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={copy}>{t.copyAll}</Menu.Item>
          <Menu.Item leftSection={<IconCode size={15} />} component={Link} to="/generator" search={{ account: a.username } as never}>{t.code}</Menu.Item>
          <Menu.Item leftSection={<IconEdit size={15} />} onClick={edit}>{t.edit}</Menu.Item>
          <Menu.Divider />
          <Menu.Item className="danger" leftSection={<IconTrash size={15} />} onClick={ask}>{t.remove}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog}
    </>
  )
}

function Bulk({ names, rows, clear }: { names: string[]; rows: Account[]; clear: () => void }) {
  const entry = useRead('entry')
  const enable = useWrite('whitelist-account/enable', CHANGES)
  const disable = useWrite('whitelist-account/disable', CHANGES)
  const remove = useWrite('whitelist-account/delete', CHANGES)
  const { dialog, question } = useQuestion()
  const accounts = names.join(',')
  const after = (text: string) => ({ onError: failed, onSuccess: () => { done(text); clear() } })
  const copy = () => {
    if (!entry.data) return
    const lines = rows.filter((row) => names.includes(row.username)).map((row) => lineOf(entry.data, row))
    void navigator.clipboard.writeText(lines.join('\n')).then(() => done(say(t.copied, { n: lines.length })), failed)
  }
  const ask = () => question({ title: say(t.removeTitle, { n: names.length }), text: t.removeText, yes: t.remove, then: () => remove.mutate({ accounts }, after(t.removed)) })
  return (
    <Group px="md" pb="md" gap="xs">
      <Text fz="sm" fw={600}>{say(t.picked, { n: names.length })}</Text>
      <Button size="compact-sm" variant="default" onClick={copy}>{t.copyAll}</Button>
      <Button size="compact-sm" variant="default" onClick={() => enable.mutate({ accounts }, after(t.changed))}>{t.enable}</Button>
      <Button size="compact-sm" variant="default" onClick={() => disable.mutate({ accounts }, after(t.changed))}>{t.disable}</Button>
      <Button size="compact-sm" variant="default" onClick={ask}>{t.remove}</Button>
      {dialog}
    </Group>
  )
}
