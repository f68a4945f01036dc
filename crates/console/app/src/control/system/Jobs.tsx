// Jobs that wait or run, why one failed last, and mails that went out or wait.

import { Button, Tabs, Text, Tooltip } from '@mantine/core'
import { IconListCheck, IconMail, IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { Typed } from '../../lib/bits'
import { Modal } from '../../lib/dialog'
import { when } from '../../lib/format'
import { texts } from '../../lib/lang'
import { Strip, useTab } from '../../lib/tabs'
import { Loaded, Panel, Screen, done, failed } from '../../lib/ui'
import { LOOK, type Listed, useAsk, useMay, useTell } from '../api'
import { Closed } from '../Closed'
import { Grid, Mark, PAGE } from '../kit'

const t = texts({
  title: ['任务', 'Jobs'],
  about: ['后台工作：何时运行，上次为何失败。', 'Work in the background: when each runs, and why one failed last.'],
  jobs: ['任务', 'Jobs'],
  mails: ['邮件', 'Mails'],
  kind: ['任务', 'Job'],
  state: ['状态', 'State'],
  due: ['下次运行', 'Due'],
  tries: ['重试', 'Tries'],
  error: ['上次错误', 'Last error'],
  running: ['运行中', 'Runs'],
  failing: ['失败重试', 'Fails'],
  waits: ['等待', 'Waits'],
  run: ['立即运行', 'Run now'],
  ran: ['任务已排到最前', 'It runs within a second'],
  action: ['操作', 'What to do'],
  none: ['没有任务', 'No job'],
  to: ['收件人', 'To'],
  subject: ['主题', 'Subject'],
  sent: ['发送', 'Sent'],
  notSent: ['待发送', 'Waits'],
  noMail: ['没有邮件', 'No mail yet'],
  noMailHow: ['系统发出的邮件会保留在这里 30 天。', 'Mails that the installation sends are kept here for 30 days.'],
  leases: ['回收流量租约', 'Give leases back'],
  reconcile: ['支付对账', 'Compare with payment providers'],
  usage: ['清理用量明细', 'Forget old usage'],
  sums: ['核对用量', 'Prove the sums of usage'],
  endpoints: ['清理提取端点', 'Forget endpoints'],
  statics: ['静态 IP 到期', 'Expire static addresses'],
  orders: ['关闭超时订单', 'Close orders nobody paid'],
  renewals: ['自动续费', 'Renew by itself'],
  warnings: ['发送提醒', 'Send warnings'],
  people: ['清理旧会话和审计', 'Forget old sessions and notes'],
  ledger: ['汇总旧账目', 'Fold old lines of the books'],
  notices: ['处理支付通知', 'Apply payment notices'],
  exits: ['更新出口位置', 'Look exits up again'],
  refund: ['退款', 'Pay back'],
  unmatched: ['退回未匹配款项', 'Return what fits no order'],
  check: ['查询付款状态', 'Ask whether a payment came'],
  freeze: ['冻结有争议付款的余量', 'Freeze what a disputed payment bought'],
  close: ['关闭支付链接', 'Close a payment at its provider'],
})

const NAMES: Record<string, keyof typeof t> = {
  leases_sweep: 'leases', payment_reconcile: 'reconcile', usage_prune: 'usage', sums_prove: 'sums', endpoints_forget: 'endpoints', statics_sweep: 'statics',
  orders_expire: 'orders', renewals_run: 'renewals', warnings_send: 'warnings', people_prune: 'people', payment_notices: 'notices', payment_poll: 'check', payment_close: 'close', payment_refund: 'refund', payment_return: 'unmatched', payment_freeze: 'freeze', exits_measure: 'exits', ledger_fold: 'ledger',
}

interface Job { id: number; kind: string; key: string; run_at: string; attempts: number; running: boolean; last_error: string | null }
interface Mail { id: number; to: string; subject: string | null; created_at: string; sent_at: string | null; attempts: number; last_error: string | null; text?: string }

export function Jobs() {
  const tab = useTab('jobs', 'mails')
  const [page, setPage] = useState(1)
  const jobs = useAsk<Listed<Job>>('job/list', { page, size: PAGE }, { refetchInterval: 5_000 })
  const run = useTell<{ id: number }>('job/run', ['job'])
  const owner = useMay()('job/run')
  return (
    <Screen title={t.title} about={t.about}>
      <Panel pad={false}>
        <Tabs {...tab} keepMounted={false}>
          <Strip px="md" pt="xs">
            <Tabs.Tab value="jobs" leftSection={<IconListCheck size={16} />}>{t.jobs}</Tabs.Tab>
            {(owner || tab.value === 'mails') && <Tabs.Tab value="mails" leftSection={<IconMail size={16} />}>{t.mails}</Tabs.Tab>}
          </Strip>
          <Tabs.Panel value="jobs">
            <Grid
              label={t.jobs} from={jobs} keyOf={(row) => row.id} page={page} setPage={setPage} empty={{ icon: IconListCheck, title: t.none }}
              columns={[
                { head: t.kind, cell: (row) => <><Text fz="sm" fw={550}>{NAMES[row.kind] ? t[NAMES[row.kind]!] : row.kind}</Text><Text fz="xs" c="dimmed" className="mono typed">{[row.kind, row.key].filter(Boolean).join(' · ')}</Text></> },
                { head: t.state, cell: (row) => (row.running ? <Mark tone="brand">{t.running}</Mark> : row.last_error ? <Mark tone="bad">{t.failing}</Mark> : <Mark tone="plain">{t.waits}</Mark>) },
                { head: t.due, cell: (row) => when(row.run_at) },
                { head: t.tries, right: true, folds: true, cell: (row) => row.attempts },
                { head: t.error, folds: true, cell: (row) => (row.last_error ? <Tooltip label={row.last_error} multiline maw={420}><Text fz="sm" maw={320} truncate tabIndex={0}>{row.last_error}</Text></Tooltip> : '–') },
                ...(owner ? [{ head: t.action, actions: true, cell: (row: Job) => <Button size="xs" variant="default" disabled={row.running} leftSection={<IconPlayerPlay size={14} />} onClick={() => run.mutate({ id: row.id }, { onSuccess: () => done(t.ran), onError: failed })}>{t.run}</Button> }] : []),
              ]}
            />
          </Tabs.Panel>
          <Tabs.Panel value="mails">{owner ? <Mails /> : <Closed command="mail/list" />}</Tabs.Panel>
        </Tabs>
      </Panel>
    </Screen>
  )
}

function Mails() {
  const [open, setOpen] = useState<Mail>()
  const mails = useAsk<Listed<Mail>>('mail/list', {}, LOOK)
  const whole = useAsk<Mail>('mail/show', { id: open?.id }, { ...LOOK, enabled: open !== undefined })
  return (
    <>
      <Grid
        label={t.mails} from={mails} keyOf={(row) => row.id} onOpen={setOpen} empty={{ icon: IconMail, title: t.noMail, text: t.noMailHow }}
        columns={[
          { head: t.to, cell: (row) => <Typed>{row.to}</Typed> },
          { head: t.subject, cell: (row) => <Typed>{row.subject ?? '–'}</Typed> },
          { head: t.state, cell: (row) => (row.sent_at ? <Mark tone="good">{t.sent}</Mark> : row.last_error ? <Mark tone="bad">{t.failing}</Mark> : <Mark tone="warn">{t.notSent}</Mark>) },
          { head: t.sent, cell: (row) => when(row.sent_at ?? row.created_at) },
          { head: t.error, cell: (row) => <Text fz="sm" maw={300} truncate>{row.last_error ?? '–'}</Text> },
        ]}
      />
      <Modal opened={open !== undefined} onClose={() => setOpen(undefined)} title={open?.subject ?? t.mails} radius="lg" size="lg">
        <Loaded from={whole}>{(mail) => <Text fz="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{mail.text}</Text>}</Loaded>
      </Modal>
    </>
  )
}
