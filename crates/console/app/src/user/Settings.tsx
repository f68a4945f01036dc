// The customer's account: password, second step, warnings, log-ins, what was done, real name, invitations.

import { Tabs } from '@mantine/core'
import { IconBell, IconHistory, IconId, IconLock, IconShieldLock, IconUser, IconUsersPlus } from '@tabler/icons-react'
import { texts } from '../lib/lang'
import { Strip, useTab } from '../lib/tabs'
import { Screen } from '../lib/ui'
import { Activity, Sessions } from './History'
import { Invitations } from './Invitations'
import { Password } from './Password'
import { Profile } from './Profile'
import { RealName } from './RealName'
import { Warnings } from '../warnings/Warnings'
import { SecondStep } from './SecondStep'

const t = texts({
  title: ['设置', 'Settings'],
  profile: ['资料', 'Profile'],
  security: ['安全', 'Security'],
  warnings: ['提醒', 'Warnings'],
  sessions: ['登录会话', 'Log-ins'],
  activity: ['操作记录', 'Activity'],
  realName: ['实名认证', 'Real name'],
  invitations: ['邀请', 'Invitations'],
})

export function Settings() {
  const tab = useTab('profile', 'security', 'warnings', 'sessions', 'activity', 'real-name', 'invitations')
  return (
    <Screen title={t.title}>
      <Tabs {...tab} keepMounted={false}>
        <Strip mb="lg">
          <Tabs.Tab value="profile" leftSection={<IconUser size={16} />}>{t.profile}</Tabs.Tab>
          <Tabs.Tab value="security" leftSection={<IconShieldLock size={16} />}>{t.security}</Tabs.Tab>
          <Tabs.Tab value="warnings" leftSection={<IconBell size={16} />}>{t.warnings}</Tabs.Tab>
          <Tabs.Tab value="sessions" leftSection={<IconLock size={16} />}>{t.sessions}</Tabs.Tab>
          <Tabs.Tab value="activity" leftSection={<IconHistory size={16} />}>{t.activity}</Tabs.Tab>
          <Tabs.Tab value="real-name" leftSection={<IconId size={16} />}>{t.realName}</Tabs.Tab>
          <Tabs.Tab value="invitations" leftSection={<IconUsersPlus size={16} />}>{t.invitations}</Tabs.Tab>
        </Strip>
        <Tabs.Panel value="profile"><Profile /></Tabs.Panel>
        <Tabs.Panel value="security"><SecondStep /><Password /></Tabs.Panel>
        <Tabs.Panel value="warnings"><Warnings /></Tabs.Panel>
        <Tabs.Panel value="sessions"><Sessions /></Tabs.Panel>
        <Tabs.Panel value="activity"><Activity /></Tabs.Panel>
        <Tabs.Panel value="real-name"><RealName /></Tabs.Panel>
        <Tabs.Panel value="invitations"><Invitations /></Tabs.Panel>
      </Tabs>
    </Screen>
  )
}
