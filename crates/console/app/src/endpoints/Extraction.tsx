// Extraction: endpoints without a password for allowlisted addresses; the link for programs, or some at once.

import { Alert, Button, Grid, Group, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiError, get } from '../api/client'
import { useRead } from '../api/hooks'
import { Count } from '../lib/Count'
import { Code } from '../lib/bits'
import { texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Failed, Panel } from '../lib/ui'
import { useSite } from '../shell/site'
import { useQueryClient } from '@tanstack/react-query'
import { PlaceSelect } from './PlaceSelect'
import type { PlaceOf } from './places'

const t = texts({
  options: ['选项', 'Options'],
  count: ['数量', 'How many'],
  life: ['有效期（分钟）', 'Live for (minutes)'],
  pack: ['使用的套餐', 'Paid from'],
  auto: ['默认套餐', 'the usual package'],
  entry: ['入口', 'Entry'],
  common: ['默认入口', 'the common entry'],
  format: ['返回格式', 'Answer as'],
  text: ['文本', 'text'],
  link: ['提取链接', 'Extraction link'],
  linkHow: ['程序访问此链接即可获得端点。链接含 API 密钥，请勿公开。', 'Programs get endpoints from it. It holds your API key: keep it private.'],
  showKey: ['显示密钥', 'Show the key'],
  now: ['立即提取', 'Extract now'],
  got: ['提取到的端点', 'Endpoints'],
  gotHow: ['点击“立即提取”，端点会显示在这里，可直接复制。', 'Extract now: the endpoints appear here, ready to be copied.'],
  running: ['查看剩余时间', 'See what runs'],
  allow: ['仅白名单地址可提取和使用；您当前的地址是 {ip}。', 'Only allowlisted addresses may extract and use them; yours is {ip}.'],
})

const TYPES = [9, 11, 12, 13, 15, 16, 17, 21] as const

export function Extraction() {
  const site = useSite()
  const client = useQueryClient()
  const entry = useRead('entry')
  const user = useRead('user/info')
  const states = useRead('ip/dynamic-states')
  const cities = useRead('ip/dynamic-citys')
  const [where, setWhere] = useState<{ country: string | null; state: string | null; city: string | null }>({ country: null, state: null, city: null })
  const [num, setNum] = useState(1)
  const [life, setLife] = useState(10)
  const [wrong, setWrong] = useState({ num: false, life: false })
  const [pt, setPt] = useState('')
  const [ep, setEp] = useState('')
  const [format, setFormat] = useState<'json' | 'text'>('text')
  const [bare, setBare] = useState(false)
  const [got, setGot] = useState<string[]>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const wish = { num, cc: where.country ?? undefined, state: where.state ?? undefined, city: where.city ?? undefined, life, ep: ep || undefined, pt: pt ? (Number(pt) as 9) : undefined }
  const shown = Object.entries({ ...wish, format }).filter(([, v]) => v !== undefined).map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`)
  const key = user.data?.openid ?? ''
  const link = `${window.location.origin}${site.prefix}/ip/v3?app_key=${bare ? key : '••••••••'}&${shown.join('&')}`
  const extract = () => {
    setBusy(true)
    setError(undefined)
    get('ip/v3', wish)
      .then((given) => setGot((given.list as (string | string[])[]).flat()), (fault: unknown) => setError(fault instanceof ApiError ? fault : new Error(String(fault))))
      .finally(() => { setBusy(false); void client.invalidateQueries({ queryKey: ['user-product/list'] }) })
  }
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Panel title={t.options}>
          <Stack>
            <PlaceSelect places={placesOf(states.data?.list ?? [], cities.data?.list ?? [])} value={where} set={setWhere} />
            <SimpleGrid cols={2} spacing="sm">
              <Count label={t.count} min={1} max={1000} value={num} set={setNum} wrong={(is) => setWrong((old) => ({ ...old, num: is }))} />
              <Count label={t.life} min={1} max={1440} value={life} set={setLife} wrong={(is) => setWrong((old) => ({ ...old, life: is }))} />
            </SimpleGrid>
            <Select label={t.pack} allowDeselect={false} value={pt} onChange={(next) => setPt(next ?? '')} data={[{ value: '', label: t.auto }, ...TYPES.map((n) => ({ value: String(n), label: productName(n) }))]} />
            {(entry.data?.list.length ?? 0) > 0 && <Select label={t.entry} allowDeselect={false} value={ep} onChange={(next) => setEp(next ?? '')} data={[{ value: '', label: t.common }, ...(entry.data?.list ?? []).map((e) => ({ value: e.name, label: `${e.name} (${e.host})` }))]} />}
            <div><Text fz="sm" fw={500} mb={4}>{t.format}</Text><SegmentedControl aria-label={t.format} value={format} onChange={(next) => setFormat(next as 'json')} data={[{ value: 'text', label: t.text }, { value: 'json', label: 'JSON' }]} /></div>
          </Stack>
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="lg">
          {entry.data && <Alert color="blue"><Text fz="sm">{t.allow.replace('{ip}', entry.data.client)}</Text></Alert>}
          <Panel title={t.link} right={<Switch size="xs" label={t.showKey} checked={bare} onChange={(e) => setBare(e.currentTarget.checked)} />}>
            <Stack gap="sm"><Text fz="sm" c="dimmed">{t.linkHow}</Text><Code text={link} label={t.link} /></Stack>
          </Panel>
          <Panel title={t.got} right={<Group gap="xs"><Button size="xs" variant="default" component={Link} to="/connections" search={{ tab: 'endpoints' } as never}>{t.running}</Button><Button size="xs" loading={busy} disabled={wrong.num || wrong.life} onClick={extract}>{t.now}</Button></Group>}>
            {error ? <Failed error={error} /> : got ? <Code text={got.join('\n')} label={t.got} /> : <Text fz="sm" c="dimmed">{t.gotHow}</Text>}
          </Panel>
        </Stack>
      </Grid.Col>
    </Grid>
  )
}

interface Items { country_code: string; items: { state: string; city?: string }[] }

/** States and cities as the API lists them, put together by country. */
function placesOf(states: Items[], cities: Items[]): PlaceOf[] {
  return states.map((area) => {
    const here = cities.find((c) => c.country_code === area.country_code)?.items ?? []
    const names = [...new Set([...area.items, ...here].map((item) => item.state))]
    return { Area: area.country_code, states: names.map((State) => ({ State, cities: here.filter((c) => c.state === State).map((c) => c.city ?? '').filter(Boolean) })) }
  })
}
