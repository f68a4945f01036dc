// Help articles of a site: the shipped ones, what was changed of them, and the site's own.

import { Box, Button, Group, Select, Text } from '@mantine/core'
import { IconBook2, IconPlus } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { when } from '../../lib/format'
import { either, texts } from '../../lib/lang'
import { Panel, Screen } from '../../lib/ui'
import { type Listed, useAsk, useMay } from '../api'
import { Grid, Mark } from '../kit'
import { NoSite } from '../sites/NoSite'
import { useSites } from '../sites/data'
import type { Row } from './data'

const t = texts({
  title: ['帮助文章', 'Help articles'],
  about: ['客户在控制台的“帮助”中看到的文章，每个站点各自一套。', 'What customers read under Help in their console; each site has its own.'],
  site: ['站点', 'Site'],
  add: ['新建文章', 'New article'],
  article: ['文章', 'Article'],
  source: ['来源', 'Source'],
  shipped: ['内置', 'Shipped'],
  changed: ['已修改', 'Changed'],
  own: ['自建', 'Your own'],
  state: ['状态', 'State'],
  shown: ['显示', 'Shown'],
  hidden: ['已隐藏', 'Hidden'],
  place: ['排序', 'Place'],
  at: ['修改时间', 'Changed at'],
  none: ['没有文章', 'No articles'],
})

export function Articles() {
  const { site } = useSearch({ strict: false }) as { site?: string }
  const navigate = useNavigate()
  const sites = useSites()
  const allowed = useMay()('article/save')
  const first = sites.data?.list[0]?.name
  const found = useAsk<Listed<Row>>('article/list', { site }, { enabled: first !== undefined })
  const open = (slug: string) => void navigate({ to: `/control/articles/${slug}` as never, search: { site } as never })
  return (
    <Screen title={t.title} about={t.about} actions={allowed && <Button leftSection={<IconPlus size={16} />} onClick={() => open('new')}>{t.add}</Button>}>
      <Panel pad={false}>
        {(sites.data?.list.length ?? 0) > 1 && (
          <Group p="md" pb={0}>
            <Select aria-label={t.site} value={site ?? first ?? null} onChange={(next) => void navigate({ to: '/control/articles' as never, search: { site: next ?? undefined } as never, replace: true })} data={sites.data?.list.map((one) => ({ value: one.name, label: one.title })) ?? []} allowDeselect={false} w={{ base: '100%', sm: 240 }} />
          </Group>
        )}
        {sites.data?.list.length === 0 ? <NoSite /> : <Grid
          label={t.title} from={found} keyOf={(row) => row.slug} onOpen={(row) => open(row.slug)} empty={{ icon: IconBook2, title: t.none }}
          columns={[
            { head: t.article, cell: (row) => <Box style={{ whiteSpace: 'normal' }} miw={140}>{either(row.title.zh, row.title.en)}</Box> },
            { head: t.source, cell: (row) => <Mark tone={row.source === 'shipped' ? 'plain' : 'brand'}>{t[row.source]}</Mark> },
            { head: t.state, cell: (row) => <Mark tone={row.hidden ? 'warn' : 'good'}>{row.hidden ? t.hidden : t.shown}</Mark> },
            { head: t.place, right: true, cell: (row) => row.position },
            { head: t.at, cell: (row) => <Text fz="sm" c={row.changed_at ? undefined : 'dimmed'}>{when(row.changed_at)}</Text> },
          ]}
        />}
      </Panel>
    </Screen>
  )
}
