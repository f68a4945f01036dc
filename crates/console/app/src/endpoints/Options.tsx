// The options of a username: account, place, session.

import { Button, Group, SegmentedControl, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import { randomWord } from '../accounts/lines'
import { useRead } from '../api/hooks'
import { Count } from '../lib/Count'
import { texts } from '../lib/lang'
import { AccountSelect } from '../usage/AccountSelect'
import { PlaceSelect } from './PlaceSelect'
import type { Wish } from './wish'

const t = texts({
  account: ['代理账号', 'Proxy account'],
  pick: ['选择账号', 'Choose an account'],
  session: ['会话', 'Session'],
  rotating: ['每次连接换出口', 'A fresh exit each time'],
  sticky: ['保持同一出口', 'Keep one exit'],
  name: ['会话名称', 'Name of the session'],
  another: ['换一个', 'Another'],
  life: ['保持时长（分钟）', 'Keep it for (minutes)'],
  lifeHow: ['0 表示空闲 10 分钟后结束', '0: until it was idle for ten minutes'],
  count: ['会话数量', 'How many sessions'],
  strict: ['出口失效时拒绝，而不是换一个', 'Refuse when the exit dies instead of moving on'],
})

export function Options({ wish, set }: { wish: Wish; set: (part: Partial<Wish>) => void }) {
  const accounts = useRead('whitelist-account/search', { status: 1, size: 1 })
  const first = accounts.data?.list[0]?.username
  const places = useRead('ip/dal4', { username: wish.account ?? '' }, { enabled: wish.account !== null })
  // The newest enabled account is a good first guess.
  useEffect(() => {
    if (wish.account === null && first) set({ account: first })
  }, [wish.account, first, set])
  return (
    <Stack>
      <AccountSelect label={t.account} placeholder={t.pick} need value={wish.account} onChange={(account) => set({ account, country: null, state: null, city: null })} />
      <PlaceSelect places={places.data?.list ?? []} value={wish} set={set} />
      <div>
        <Text fz="sm" fw={500} mb={4}>{t.session}</Text>
        <SegmentedControl aria-label={t.session} fullWidth value={wish.sticky ? 'sticky' : 'rotating'} onChange={(next) => set({ sticky: next === 'sticky' })} data={[{ value: 'rotating', label: t.rotating }, { value: 'sticky', label: t.sticky }]} />
      </div>
      {wish.sticky && (
        <>
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput flex={1} label={t.name} value={wish.session} maxLength={32} onChange={(e) => set({ session: e.currentTarget.value.replace(/[^A-Za-z0-9]/g, '') })} />
            <Button variant="default" onClick={() => set({ session: randomWord(8) })}>{t.another}</Button>
          </Group>
          <SimpleGrid cols={2} spacing="sm">
            <Count label={t.life} description={t.lifeHow} min={0} max={1440} value={wish.life} set={(life) => set({ life })} />
            <Count label={t.count} min={1} max={100} value={wish.count} set={(count) => set({ count })} />
          </SimpleGrid>
          <Switch label={t.strict} checked={wish.strict} onChange={(e) => set({ strict: e.currentTarget.checked })} />
        </>
      )}
    </Stack>
  )
}
