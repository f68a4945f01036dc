// Destinations closed to every customer: hosts with all below them, and ports.

import { Button, Group, Stack, TextInput } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Typed } from '../../lib/bits'
import { Count } from '../../lib/Count'
import { texts } from '../../lib/lang'
import { Panel, Screen, done, failed } from '../../lib/ui'
import { type Listed, useAsk, useMay, useTell } from '../api'
import { FieldFault, Grid, Mark } from '../kit'

const t = texts({
  title: ['禁止访问的目标', 'Closed destinations'],
  about: ['对所有客户生效。私有地址、元数据地址和 25 端口始终关闭。', 'They hold for every customer. Private and metadata addresses and port 25 are always closed.'],
  host: ['域名或地址（含其下全部）', 'Name or address, with all below it'],
  port: ['端口', 'Port'],
  close: ['关闭', 'Close'],
  closed: ['目标已关闭', 'The destination is closed'],
  open: ['开放', 'Open again'],
  opened: ['目标已开放', 'The destination is open again'],
  what: ['目标', 'Destination'],
  kind: ['类型', 'Kind'],
  hostKind: ['主机', 'Host'],
  action: ['操作', 'What to do'],
  none: ['没有额外关闭的目标', 'Nothing more is closed'],
  noneHow: ['在上方填写域名或地址即可禁止所有客户访问。', 'Name a host or an address above, and no customer reaches it any more.'],
})

interface Rule { host?: string; port?: number }

export function Rules() {
  const [host, setHost] = useState('')
  const [port, setPort] = useState<number>()
  const rules = useAsk<Listed<Rule>>('rule/list')
  const close = useTell<Rule>('rule/close', ['rule'])
  const open = useTell<Rule>('rule/open', ['rule'])
  const allowed = useMay()('rule/close')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    close.mutate({ host: host.trim() || undefined, port }, { onSuccess: () => { done(t.closed); setHost(''); setPort(undefined) } })
  }
  return (
    <Screen title={t.title} about={t.about}>
      {allowed && (
        <Panel>
          <form onSubmit={submit}>
            <Stack gap="sm">
              <Group align="flex-end" gap="sm">
                <TextInput label={t.host} value={host} onChange={(e) => setHost(e.currentTarget.value)} placeholder="example.com" w={{ base: '100%', sm: 320 }} />
                <Count label={t.port} value={port} set={setPort} none={() => setPort(undefined)} min={1} max={65535} w={120} hideControls />
                <Button type="submit" loading={close.isPending} disabled={!host.trim() && port === undefined}>{t.close}</Button>
              </Group>
              {close.error && <FieldFault error={close.error} />}
            </Stack>
          </form>
        </Panel>
      )}
      <Panel pad={false}>
        <Grid
          label={t.title} from={rules} keyOf={(row) => row.host ?? `:${row.port}`} empty={{ icon: IconBan, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.what, cell: (row) => <span className="mono"><Typed>{row.host ?? `:${row.port}`}</Typed></span> },
            { head: t.kind, cell: (row) => <Mark tone="plain">{row.host ? t.hostKind : t.port}</Mark> },
            ...(allowed ? [{ head: t.action, actions: true, cell: (row: Rule) => <Button size="xs" variant="default" onClick={() => open.mutate(row, { onSuccess: () => done(t.opened), onError: failed })}>{t.open}</Button> }] : []),
          ]}
        />
      </Panel>
    </Screen>
  )
}
