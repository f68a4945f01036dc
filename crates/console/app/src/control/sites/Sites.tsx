// Sites: one brand each, with its own catalogue, currency, path prefix, host names and looks.

import { Box, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconPalette, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { texts } from '../../lib/lang'
import { Empty, Loaded, Panel, Screen } from '../../lib/ui'
import { useMay } from '../api'
import { Facts } from '../kit'
import { type Site, useSites } from './data'
import { EditSite, NewSite } from './Edit'
import { Places } from './Places'

const t = texts({
  title: ['站点与品牌', 'Sites & brands'],
  about: ['同一安装在不同域名下显示为不同品牌；客户、套餐和账本互相独立。', 'One installation shows as another brand under another host name; customers, catalogues and books are apart.'],
  add: ['新建站点', 'New site'],
  edit: ['编辑', 'Edit'],
  places: ['地名', 'Place names'],
  hosts: ['域名', 'Host names'],
  prefixes: ['API 前缀', 'API prefixes'],
  currency: ['货币', 'Currency'],
  zone: ['时区', 'Time zone'],
  language: ['语言', 'Language'],
  accounts: ['账号前缀', 'Account prefix'],
  demands: ['要求实名', 'Demands real names'],
  yes: ['是', 'Yes'],
  no: ['否', 'No'],
  first: ['未绑定的域名都显示第一个站点', 'Host names that nobody claims show the first site'],
  none: ['还没有站点', 'No site yet'],
  chinese: ['简体中文', 'Chinese'],
  english: ['英文', 'English'],
  noneHow: ['创建第一个站点后，客户即可注册、购买。', 'Once the first one is made, customers can register and buy.'],
})

export function Sites() {
  const sites = useSites()
  const [edited, setEdited] = useState<string>()
  const [named, setNamed] = useState<string>()
  const [adding, setAdding] = useState(false)
  const allowed = useMay()('site/change')
  return (
    <Screen title={t.title} about={t.about} actions={allowed && <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>{t.add}</Button>}>
      <Loaded from={sites}>
        {({ list }) => (list.length === 0 ? <Panel><Empty icon={IconPalette} title={t.none} action={allowed && <Button onClick={() => setAdding(true)}>{t.add}</Button>}>{t.noneHow}</Empty></Panel> : (
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">{list.map((site, i) => <Brand key={site.id} site={site} first={i === 0} edit={allowed ? () => setEdited(site.name) : undefined} places={() => setNamed(site.name)} />)}</SimpleGrid>
        ))}
      </Loaded>
      {edited && <EditSite name={edited} close={() => setEdited(undefined)} />}
      {named && <Places site={named} close={() => setNamed(undefined)} />}
      {adding && <NewSite close={() => setAdding(false)} />}
    </Screen>
  )
}

function Brand({ site, first, edit, places }: { site: Site; first: boolean; edit?: () => void; places: () => void }) {
  return (
    <Panel pad={false}>
      <Box h={8} bg={site.colour ?? 'brand.6'} style={{ borderRadius: '14px 14px 0 0' }} />
      <Stack p="lg" gap="md">
        <Group justify="space-between" gap="sm">
          <Box miw={0}><Text fw={650} fz="lg" style={{ overflowWrap: 'anywhere' }}>{site.title}</Text><Text fz="xs" c="dimmed">{site.name}</Text></Box>
          <Group gap="xs" wrap="nowrap">
            <Button size="xs" variant="default" onClick={places}>{t.places}</Button>
            {edit && <Button size="xs" variant="default" onClick={edit}>{t.edit}</Button>}
          </Group>
        </Group>
        <Facts rows={[
          [t.hosts, site.hosts.length ? site.hosts.join(', ') : first ? t.first : '–'],
          [t.prefixes, <span key="p" className="mono">{site.prefixes.map((prefix, i) => <span key={prefix}>{i > 0 && ', '}<span className="line">{prefix}</span></span>)}</span>],
          [t.currency, site.currency],
          [t.zone, site.zone],
          [t.language, site.lang === 'zh' ? t.chinese : t.english],
          [t.accounts, site.account_prefix],
          [t.demands, site.demands_verification ? t.yes : t.no],
        ]} />
      </Stack>
    </Panel>
  )
}
