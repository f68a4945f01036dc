// Who runs the installation, and what each may do.

import { Button, Group, Menu, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconDots, IconShieldLock, IconUserPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { Typed } from '../../lib/bits'
import { FormModal } from '../../lib/forms'
import { day } from '../../lib/format'
import { texts } from '../../lib/lang'
import { Panel, Screen, done } from '../../lib/ui'
import { type Listed, ROLES, type Role, door, useAsk, useTell } from '../api'
import { Ask, FieldFault, Grid, Mark, type Question } from '../kit'
import { roleMay, roleName } from '../roles'

const t = texts({
  title: ['运营人员', 'Operators'],
  about: ['谁可以进入控制室，以及各自的权限。', 'Who may enter this room, and what each may do.'],
  add: ['添加运营人员', 'Add an operator'],
  email: ['邮箱', 'Email'],
  password: ['初始密码（至少 8 个字符）', 'First password, 8 characters or more'],
  role: ['角色', 'Role'],
  state: ['状态', 'State'],
  on: ['正常', 'Active'],
  off: ['已停用', 'Disabled'],
  since: ['添加', 'Since'],
  action: ['操作', 'What to do'],
  added: ['已添加；首次登录时设置两步验证', 'Added; the first login sets up the second step'],
  change: ['更改角色', 'Change the role'],
  changed: ['角色已更改', 'The role is changed'],
  disable: ['停用', 'Disable'],
  disableHow: ['立即结束其全部会话。', 'All of their sessions end at once.'],
  enable: ['启用', 'Enable'],
  done: ['已更改', 'It is done'],
  reset: ['重置密码和两步验证', 'Reset password and second step'],
  resetHow: ['用于丢失手机的情况；全部会话结束。', 'For who lost a telephone; all sessions end.'],
  none: ['没有运营人员', 'No operator'],
  roles: ['角色说明', 'What roles may do'],
})

interface Operator { id: number; email: string; role: Role; disabled: boolean; created_at: string }

export function Operators() {
  const [adding, setAdding] = useState(false)
  const [question, setQuestion] = useState<Question>()
  const [role, setRole] = useState<Role>('read-only')
  const [password, setPassword] = useState('')
  const operators = useAsk<Listed<Operator>>('operator/list')
  const client = useQueryClient()
  const run = async (path: string, input: object) => {
    await door('POST', path, input)
    await client.invalidateQueries({ queryKey: ['control'] })
  }
  const asks = (kind: string) => question?.title === kind
  const [open, setOpen] = useState<Operator>()
  const begin = (row: Operator, next: Question) => {
    setOpen(row)
    setRole(row.role)
    setPassword('')
    setQuestion(next)
  }
  const now: Question | undefined = question && open && {
    ...question,
    run: (reason) => (asks(t.change) ? run('operator/role', { email: open.email, role }) : asks(t.reset) ? run('operator/reset', { email: open.email, password }) : question.run(reason)),
  }
  return (
    <Screen title={t.title} about={t.about} actions={<Button leftSection={<IconUserPlus size={16} />} onClick={() => setAdding(true)}>{t.add}</Button>}>
      <Panel pad={false}>
        <Grid
          label={t.title} from={operators} keyOf={(row) => row.id} empty={{ icon: IconShieldLock, title: t.none }}
          columns={[
            { head: t.email, cell: (row) => <Typed>{row.email}</Typed> },
            { head: t.role, cell: (row) => <Mark tone={row.role === 'owner' ? 'brand' : 'plain'}>{roleName(row.role)}</Mark> },
            { head: t.state, cell: (row) => <Mark tone={row.disabled ? 'bad' : 'good'}>{row.disabled ? t.off : t.on}</Mark> },
            { head: t.since, cell: (row) => day(row.created_at) },
            { head: t.action, actions: true, cell: (row) => (
              <Menu position="bottom-end">
                <Menu.Target><Button size="xs" variant="subtle" color="gray" aria-label={`${t.action}: ${row.email}`}><IconDots size={18} /></Button></Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => begin(row, { title: t.change, text: row.email, yes: t.change, told: t.changed, run: () => Promise.resolve() })}>{t.change}</Menu.Item>
                  <Menu.Item onClick={() => begin(row, { title: t.reset, text: t.resetHow, yes: t.reset, danger: true, told: t.done, run: () => Promise.resolve() })}>{t.reset}</Menu.Item>
                  {row.disabled ? (
                    <Menu.Item onClick={() => begin(row, { title: t.enable, text: row.email, yes: t.enable, told: t.done, run: () => run('operator/enable', { email: row.email }) })}>{t.enable}</Menu.Item>
                  ) : (
                    <Menu.Item className="danger" onClick={() => begin(row, { title: t.disable, text: t.disableHow, yes: t.disable, danger: true, reason: 'welcome', told: t.done, run: (reason) => run('operator/disable', { email: row.email, ...(reason ? { reason } : {}) }) })}>{t.disable}</Menu.Item>
                  )}
                </Menu.Dropdown>
              </Menu>
            ) },
          ]}
        />
      </Panel>
      <Panel title={t.roles}>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 5 }} spacing="md">
          {ROLES.map((one) => <div key={one}><Text fz="sm" fw={600}>{roleName(one)}</Text><Text fz="sm" c="dimmed">{roleMay(one)}</Text></div>)}
        </SimpleGrid>
      </Panel>
      <Ask question={now} close={() => setQuestion(undefined)} fields={['password']}>
        {(wrong) => (asks(t.change) ? <RoleSelect value={role} onChange={setRole} /> : asks(t.reset) && <PasswordInput label={t.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="new-password" required error={wrong.password} />)}
      </Ask>
      {adding && <Add close={() => setAdding(false)} />}
    </Screen>
  )
}

function RoleSelect({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return <Select label={t.role} description={roleMay(value)} value={value} onChange={(v) => v && onChange(v as Role)} data={ROLES.map((one) => ({ value: one, label: roleName(one) }))} allowDeselect={false} />
}

function Add({ close }: { close: () => void }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('support')
  const create = useTell('operator/create', ['operator'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ email: email.trim(), password, role }, { onSuccess: () => { done(t.added); close() } })
  }
  return (
    <FormModal opened onClose={close} title={t.add} radius="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={t.email} type="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} required data-autofocus error={create.error?.fields.email} />
          <PasswordInput label={t.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="new-password" required error={create.error?.fields.password} />
          <RoleSelect value={role} onChange={setRole} />
          {create.error && <FieldFault error={create.error} shown={['email', 'password']} />}
          <Group justify="flex-end"><Button type="submit" loading={create.isPending}>{t.add}</Button></Group>
        </Stack>
      </form>
    </FormModal>
  )
}
