// The customer's invitation link, and whom it brought.

import { Group, Stack, Text, TextInput } from '@mantine/core'
import { IconUsersPlus } from '@tabler/icons-react'
import { useRead } from '../api/hooks'
import { Typed } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { DataTable } from '../lib/DataTable'
import { number, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Empty, Loaded, Panel } from '../lib/ui'

const t = texts({
  title: ['邀请链接', 'Invitation link'],
  about: ['通过此链接注册的客户会记在您名下。', 'Customers who register with it are counted as yours.'],
  brought: ['已邀请 {n} 人', '{n} registered with it'],
  email: ['客户', 'Customer'],
  at: ['注册时间', 'Registered'],
  none: ['还没有人通过您的链接注册', 'Nobody registered with it yet'],
  noneHow: ['把链接发给朋友或放到您的网站上。', 'Send it to friends, or put it on your site.'],
})

export function Invitations() {
  const read = useRead('user/invitations')
  return (
    <Loaded from={read}>
      {(data) => {
        const url = `${window.location.origin}/register?invite=${data.invite_code}`
        return (
          <Stack gap="lg">
            <Panel title={t.title}>
              <Stack gap="xs">
                <Text fz="sm" c="dimmed">{t.about}</Text>
                <Group wrap="nowrap" maw={560}><TextInput flex={1} readOnly value={url} aria-label={t.title} classNames={{ input: 'mono' }} /><CopyButton text={url} /></Group>
              </Stack>
            </Panel>
            <Panel title={say(t.brought, { n: number(data.total) })} pad={false}>
              {data.list.length === 0 ? <Empty icon={IconUsersPlus} title={t.none}>{t.noneHow}</Empty> : <DataTable label={t.title} rows={data.list} id={(row) => `${row.email}${row.created_at}`} columns={[{ head: t.email, cell: (row) => <Typed>{row.email}</Typed> }, { head: t.at, cell: (row) => when(row.created_at) }]} />}
            </Panel>
          </Stack>
        )
      }}
    </Loaded>
  )
}
