// Around every screen of a customer: menu at the left (behind a button on phones), brand, balance, language, theme.

import { ActionIcon, AppShell, Badge, Burger, Group, Menu, NavLink, ScrollArea, Text } from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { useRead, useWrite } from '../api/hooks'
import { Away } from '../lib/Away'
import { money } from '../lib/format'
import { texts } from '../lib/lang'
import { failed } from '../lib/ui'
import { Brand } from './Brand'
import { useCustomerLive, useCustomerLost } from './live'
import { type NavItem, groups, t as names } from './nav'
import { useSite } from './site'
import { ViewOnly } from './ViewOnly'
import { LangSwitch, SchemeSwitch } from './switches'
import { useMenu } from './useMenu'

const t = texts({
  menu: ['菜单', 'Menu'],
  main: ['主导航', 'Main'],
  me: ['我的账户', 'My account'],
  logout: ['退出登录', 'Log out'],
  balance: ['余额', 'Balance'],
})

export function Shell() {
  const { open, path, burger, navbar } = useMenu()
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 236, breakpoint: 'md', collapsed: { mobile: !open } }} padding={{ base: 'md', sm: 'xl' }}>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger {...burger} hiddenFrom="md" size="sm" aria-label={t.menu} />
            <Brand />
          </Group>
          <Group gap={4} wrap="nowrap" style={{ flexShrink: 0 }}><Balance /><LangSwitch /><SchemeSwitch /><Me /></Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t.main} {...navbar}>
        <AppShell.Section grow component={ScrollArea} type="never">
          {groups.map((group, i) => (
            <nav key={group.label ?? i} aria-label={group.label ? names[group.label] : names.overview}>
              {group.label && <Text fz={11} fw={600} tt="uppercase" c="dimmed" lts="0.06em" px="sm" pt="md" pb={4}>{names[group.label]}</Text>}
              {group.items.map((item) => <Entry key={item.to} item={item} active={item.to === '/' ? path === '/' : path.startsWith(item.to)} />)}
            </nav>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} maw={1480}><ViewOnly /><Away since={useCustomerLost()} /><Outlet /></AppShell.Main>
    </AppShell>
  )
}

function Entry({ item, active }: { item: NavItem; active: boolean }) {
  const shape = { label: names[item.label], leftSection: <item.icon size={18} stroke={1.7} aria-hidden />, active, py: 7, style: { borderRadius: 8 } }
  if (item.outside) return <NavLink component="a" href={item.to} target="_blank" rel="noreferrer" {...shape} />
  return <NavLink component={Link} to={item.to} aria-current={active ? 'page' : undefined} {...shape} />
}

function Balance() {
  const site = useSite()
  const live = useCustomerLive()
  const user = useRead('user/info')
  const balance = live?.balance ?? user.data?.balance
  if (balance === undefined) return null
  return <Badge variant="light" size="lg" radius="md" className="nums" tt="none" visibleFrom="xs" aria-label={`${t.balance} ${money(balance, site.currency)}`}>{money(balance, site.currency)}</Badge>
}

function Me() {
  const user = useRead('user/info')
  const client = useQueryClient()
  const navigate = useNavigate()
  const logout = useWrite('user/logout')
  const leave = () =>
    logout.mutate({}, {
      onError: failed,
      onSuccess: () => {
        void navigate({ to: '/login' }).then(() => client.clear())
      },
    })
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.me}><IconUserCircle size={22} stroke={1.6} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.data?.email || user.data?.username || user.data?.phone}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>{t.logout}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
