// Around every operator's screen: menu with what waits, who is logged in, language, theme.

import { ActionIcon, AppShell, Badge, Burger, Group, Menu, NavLink, ScrollArea, Text } from '@mantine/core'
import { IconLock, IconLogout, IconUserShield } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Away } from '../lib/Away'
import { texts } from '../lib/lang'
import { failed } from '../lib/ui'
import { useLeaving } from '../lib/unsaved'
import { Brand } from '../shell/Brand'
import { LangSwitch, SchemeSwitch } from '../shell/switches'
import { useMenu } from '../shell/useMenu'
import { Account } from './Account'
import { Closed } from './Closed'
import { door, useMay, useMe } from './api'
import { useLive, useLost } from './live'
import { type Item, closedAt, groups, names } from './nav'
import { roleName } from './roles'

const t = texts({
  menu: ['菜单', 'Menu'],
  main: ['主导航', 'Main'],
  me: ['我的账户', 'My account'],
  mine: ['密码与会话', 'Password and sessions'],
  logout: ['退出登录', 'Log out'],
  room: ['控制室', 'Control room'],
  waits: ['项待处理', 'to be dealt with'],
})

export function Frame() {
  const { open, path, burger, navbar } = useMenu()
  const me = useMe()
  const allowed = useMay()
  const closed = closedAt(path)
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !open } }} padding={{ base: 'md', sm: 'xl' }}>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger {...burger} hiddenFrom="md" size="sm" aria-label={t.menu} />
            <Brand />
            <Badge variant="outline" color="gray" radius="sm" tt="none" fw={550} visibleFrom="sm" c="dimmed" style={{ flexShrink: 0 }}>{t.room}</Badge>
          </Group>
          <Group gap={4} wrap="nowrap" style={{ flexShrink: 0 }}><LangSwitch /><SchemeSwitch /><Who /></Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t.main} {...navbar}>
        <AppShell.Section grow component={ScrollArea} type="never">
          {groups.map((group, i) => (
            <nav key={group.label ?? i} aria-label={group.label ? names[group.label] : names.home}>
              {group.label && <Text fz={11} fw={600} tt="uppercase" c="dimmed" lts="0.06em" px="sm" pt="md" pb={4}>{names[group.label]}</Text>}
              {group.items.filter((item) => !item.needs || allowed(item.needs)).map((item) => (
                <Entry key={item.to} item={item} active={item.to === '/control' ? path === '/control' || path === '/control/' : path.startsWith(item.to)} />
              ))}
            </nav>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} maw={1560}><Away since={useLost()} />{me.data && (closed?.needs && !allowed(closed.needs) ? <Closed command={closed.needs} screen={names[closed.label]} /> : <Outlet />)}</AppShell.Main>
    </AppShell>
  )
}

function Entry({ item, active }: { item: Item; active: boolean }) {
  const live = useLive()
  const found = live?.alarms.filter((alarm) => item.alarms?.includes(alarm.slug)) ?? []
  const count = found.reduce((sum, alarm) => sum + alarm.count, 0)
  const colour = found.some((alarm) => alarm.level === 'bad') ? 'red.8' : found.some((alarm) => alarm.level === 'warn') ? 'orange.9' : 'brand'
  return (
    <NavLink
      component={Link} to={item.to} activeOptions={{ exact: true }} label={names[item.label]} active={active} aria-current={active ? 'page' : undefined} py={7} style={{ borderRadius: 8 }}
      leftSection={<item.icon size={18} stroke={1.7} aria-hidden />}
      rightSection={count > 0 ? <Badge size="sm" radius="sm" color={colour} autoContrast aria-label={`${count} ${t.waits}`}>{count}</Badge> : undefined}
    />
  )
}

function Who() {
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [account, setAccount] = useState(false)
  const { dialog, leaving } = useLeaving()
  const leave = async () => {
    try {
      await door('POST', 'logout', {})
      await navigate({ to: '/control/login' })
      client.clear()
    } catch (error) {
      failed(error)
    }
  }
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.me}><IconUserShield size={22} stroke={1.6} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{me.data?.email}<br />{me.data && roleName(me.data.role)}</Menu.Label>
          <Menu.Item leftSection={<IconLock size={16} />} onClick={() => setAccount(true)}>{t.mine}</Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leaving(() => void leave())}>{t.logout}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog}
      <Account opened={account} close={() => setAccount(false)} />
    </>
  )
}
