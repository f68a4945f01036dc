// How a customer gets in, changed at his request: the second step is switched off, the telephone is another one, every
// key is replaced. He hears of the first and the last by mail.

import { Button, Menu, TextInput } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { useState } from 'react'
import { texts } from '../../lib/lang'
import { useMay } from '../api'
import { Ask, type Question } from '../kit'

const t = texts({
  access: ['登录与密钥', 'Log-in & keys'],
  reset: ['停用身份验证器', 'Switch the authenticator off'],
  resetHow: ['用于丢失手机和恢复码的客户：停用两步验证并结束所有登录，之后仅凭密码登录；客户会收到邮件。请先核实其身份。', 'For who lost the telephone and the recovery codes: no second step, every log-in ends, the password alone gets in. The customer is told by mail. Make sure who asks.'],
  wasReset: ['身份验证器已停用', 'The authenticator is off'],
  phone: ['更改手机号', 'Change the telephone'],
  phoneHow: ['留空则删除', 'Blank: none'],
  number: ['手机号', 'Telephone'],
  changed: ['手机号已更改', 'The telephone is changed'],
  key: ['更换全部密钥', 'Replace every key'],
  keyHow: ['所有 app_key 立即失效，使用它们的程序会被拒绝；新密钥显示在客户的控制台，客户会收到邮件。', 'Every app_key is refused at once, also to programs that use it. The customer finds the new one in the console, and is told by mail.'],
  replaced: ['密钥已更换', 'The keys are replaced'],
})

interface Props {
  customer: { phone: string | null; totp: boolean }
  run: (path: string, input: object) => Promise<void>
}

export function Access({ customer, run }: Props) {
  const [question, setQuestion] = useState<Question>()
  const [phone, setPhone] = useState('')
  const allowed = useMay()
  const phoning = question?.title === t.phone
  const reset = () => setQuestion({ title: t.reset, text: t.resetHow, yes: t.reset, danger: true, reason: 'needed', told: t.wasReset, run: (reason) => run('customer/reset', { reason }) })
  const key = () => setQuestion({ title: t.key, text: t.keyHow, yes: t.key, danger: true, reason: 'needed', told: t.replaced, run: (reason) => run('customer/key', { rotate: true, reason }) })
  const call = () => {
    setPhone(customer.phone ?? '')
    setQuestion({ title: t.phone, yes: t.phone, reason: 'welcome', told: t.changed, run: () => Promise.resolve() })
  }
  if (!allowed('customer/reset') && !allowed('customer/key')) return null
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" leftSection={<IconDotsVertical size={16} />}>{t.access}</Button></Menu.Target>
        <Menu.Dropdown>
          {allowed('customer/phone') && <Menu.Item onClick={call}>{t.phone}</Menu.Item>}
          {allowed('customer/reset') && <Menu.Item className="danger" disabled={!customer.totp} onClick={reset}>{t.reset}</Menu.Item>}
          {allowed('customer/key') && <Menu.Item className="danger" onClick={key}>{t.key}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Ask question={question && phoning ? { ...question, run: (reason) => run('customer/phone', { phone: phone.trim() || undefined, reason }) } : question} close={() => setQuestion(undefined)} fields={phoning ? ['phone'] : []}>
        {(wrong) => phoning && <TextInput label={t.number} description={t.phoneHow} value={phone} onChange={(e) => setPhone(e.currentTarget.value)} inputMode="tel" error={wrong.phone} data-autofocus />}
      </Ask>
    </>
  )
}
