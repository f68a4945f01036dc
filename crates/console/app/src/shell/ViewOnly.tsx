// Told above every screen while an operator looks through a customer's login: nothing can be changed.

import { Button, Group, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useRead, useWrite } from '../api/hooks'
import { say, texts } from '../lib/lang'

const t = texts({
  told: ['您正以只读方式查看 {who} 的账户', 'You look at the account of {who}; nothing can be changed'],
  hidden: ['密码和密钥已隐藏。', 'Passwords and keys are hidden.'],
  leave: ['回到控制室', 'Back to the control room'],
})

export function ViewOnly() {
  const user = useRead('user/info')
  const logout = useWrite('user/logout')
  if (!user.data?.view_only) return null
  const back = () => logout.mutate({}, { onSettled: () => window.location.assign(`/control/customers/${user.data!.id}`) })
  return (
    <Group role="status" justify="space-between" gap="sm" px="md" py={8} mb="md" style={{ borderRadius: 12, background: 'light-dark(#fff1e0, #3b2a14)', color: 'light-dark(#8f4700, #ffc078)' }}>
      <Group gap={8} wrap="nowrap"><IconEye size={18} aria-hidden /><Text fz="sm"><Text span inherit fw={550}>{say(t.told, { who: user.data.email })}</Text><br />{t.hidden}</Text></Group>
      <Button size="xs" variant="default" onClick={back} loading={logout.isPending}>{t.leave}</Button>
    </Group>
  )
}
