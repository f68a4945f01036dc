// What stands around screens: nothing but a way to skip to the content; a card for who is not logged in.

import { Box, Button, Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconMapOff, IconPlugConnectedX } from '@tabler/icons-react'
import { type ErrorComponentProps, Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { ApiError } from '../api/client'
import { texts } from '../lib/lang'
import { Empty, reason } from '../lib/ui'
import { Brand } from './Brand'
import { FirstSteps } from './FirstSteps'
import { Support } from './Support'
import { LangSwitch, SchemeSwitch } from './switches'
import { NOBODY, useSite } from './site'

const t = texts({
  skip: ['跳到正文', 'Skip to content'],
  lost: ['没有这个页面', 'There is no such page'],
  lostHow: ['地址可能写错了，或页面已移走。', 'The address may be mistyped, or the page has moved.'],
  home: ['回到概览', 'Go to the overview'],
  room: ['前往总览', 'Go to the dashboard'],
  broke: ['此页面出错了', 'This page broke'],
  brokeHow: ['请重新加载；若仍然出错，请把下面的信息告诉客服。', 'Load it again; if it breaks again, tell the support what stands below.'],
  again: ['重新加载', 'Load it again'],
  away: ['此页面尚未加载', 'This page is not loaded yet'],
  retry: ['重试', 'Try again'],
  help: ['需要帮助？', 'Need help?'],
})

export function Root() {
  const inRoom = useLocation({ select: (place) => place.pathname.startsWith('/control') })
  const isFresh = useSite() === NOBODY
  return (
    <>
      <a className="skip" href="#content">{t.skip}</a>
      {isFresh && !inRoom ? <FirstSteps /> : <Outlet />}
    </>
  )
}

export function Lost() {
  return (
    <Center mih="60vh" id="content" tabIndex={-1} component="main">
      <Nowhere home="/" text={t.home} />
    </Center>
  )
}

/** The same within the control room's frame. */
export const LostInRoom = () => <Nowhere home="/control" text={t.room} />

function Nowhere({ home, text }: { home: string; text: string }) {
  return <Empty icon={IconMapOff} title={<Title order={1} fz="lg">{t.lost}</Title>} action={<Button component={Link} to={home}>{text}</Button>}>{t.lostHow}</Empty>
}

/** A screen that can't be drawn, or whose code can't be had: the server is away, or has a newer version. */
export function Broke({ error }: ErrorComponentProps) {
  const router = useRouter()
  if (error instanceof ApiError && error.code === 0) {
    const again = () => void router.navigate({ href: window.location.pathname + window.location.search, replace: true }).then(() => router.invalidate())
    return (
      <Center mih="60vh">
        <Empty icon={IconPlugConnectedX} title={<Title order={1} fz="lg">{t.away}</Title>} action={<Button onClick={again}>{t.retry}</Button>}>{reason(error)}</Empty>
      </Center>
    )
  }
  return (
    <Center mih="60vh">
      <Empty icon={IconAlertTriangle} title={<Title order={1} fz="lg">{t.broke}</Title>} action={<Button onClick={() => window.location.reload()}>{t.again}</Button>}>
        {t.brokeHow}
        <Text span display="block" mt="xs" fz="xs" className="mono">{reason(error)}</Text>
      </Empty>
    </Center>
  )
}

export function Outside() {
  const site = useSite()
  return (
    <Box mih="100vh" display="flex" style={{ flexDirection: 'column' }}>
      <Group justify="flex-end" p="md" gap={4} component="header"><LangSwitch /><SchemeSwitch /></Group>
      <Center flex={1} px="md" pb={64} component="main" id="content" tabIndex={-1}>
        <Stack w="100%" maw={420} gap="lg">
          <Stack gap={6} align="center">
            <Brand size="lg" />
            {site.tagline && <Text c="dimmed" fz="sm" ta="center">{site.tagline}</Text>}
          </Stack>
          <Paper withBorder radius="lg" p={{ base: 'lg', sm: 'xl' }} shadow="sm"><Outlet /></Paper>
          {site.support && (
            <Text c="dimmed" fz="xs" ta="center">
              {t.help} <Support fz="xs" bare />
            </Text>
          )}
        </Stack>
      </Center>
    </Box>
  )
}
