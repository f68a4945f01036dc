// Destinations that the customer closes for his own accounts.

import { Button, Card, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconBan, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { Typed } from '../lib/bits'
import { DataTable } from '../lib/DataTable'
import { when } from '../lib/format'
import { texts } from '../lib/lang'
import { Empty, Failed, Loaded, Panel, done, failed } from '../lib/ui'

const t = texts({
  title: ['屏蔽目标', 'Blocked destinations'],
  about: ['您的账号和白名单地址都不能访问这些域名。', 'None of your accounts and addresses reaches these hosts.'],
  hosts: ['域名或地址', 'Hosts'],
  how: ['用逗号、空格或换行分隔；域名包含其子域名', 'Separated by commas, blanks or lines; a name covers the names below it'],
  add: ['屏蔽', 'Block'],
  added: ['已屏蔽，1 秒内生效', 'Blocked; it holds within a second'],
  none: ['没有屏蔽任何目标', 'Nothing is blocked'],
  noneHow: ['屏蔽广告或大流量域名可以节省流量。', 'Blocking advertisements or heavy hosts saves traffic.'],
  since: ['添加时间', 'Since'],
  remove: ['移除', 'Remove'],
  removed: ['已移除', 'Removed'],
})

export function Blocked() {
  const read = useRead('blocked-host/list')
  const add = useWrite('blocked-host/add', ['blocked-host/list'])
  const [hosts, setHosts] = useState('')
  const fields = add.error?.fields ?? {}
  return (
    <Stack gap="lg">
      <Panel title={t.title}>
        <Stack>
          <Text fz="sm" c="dimmed">{t.about}</Text>
          {add.error && Object.keys(fields).length === 0 && <Failed error={add.error} />}
          <Textarea label={t.hosts} description={t.how} autosize minRows={1} maxRows={8} value={hosts} onChange={(e) => setHosts(e.currentTarget.value)} error={fields.hosts} classNames={{ input: 'mono' }} />
          <Group justify="flex-end"><Button loading={add.isPending} disabled={!hosts.trim()} onClick={() => add.mutate({ hosts: hosts.trim().split(/[\s,]+/).join(',') }, { onSuccess: () => { done(t.added); setHosts('') } })}>{t.add}</Button></Group>
        </Stack>
      </Panel>
      <Card withBorder radius="lg" padding={0}>
        <Loaded from={read}>
          {({ list }) =>
            list.length === 0 ? <Empty icon={IconBan} title={t.none}>{t.noneHow}</Empty> : (
              <DataTable
                label={t.title} rows={list} id={(row) => row.host}
                columns={[
                  { head: t.hosts, cell: (row) => <span className="mono"><Typed>{row.host}</Typed></span> },
                  { head: t.since, cell: (row) => when(row.created_at) },
                  { head: '', actions: true, cell: (row) => <Remove host={row.host} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </Stack>
  )
}

function Remove({ host }: { host: string }) {
  const remove = useWrite('blocked-host/delete', ['blocked-host/list'])
  return <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconTrash size={14} />} loading={remove.isPending} aria-label={`${t.remove} ${host}`} onClick={() => remove.mutate({ hosts: host }, { onError: failed, onSuccess: () => done(t.removed) })}>{t.remove}</Button>
}
