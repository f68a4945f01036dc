// Help articles, as the server tells them, and where to ask further.

import { Box, Grid, NavLink } from '@mantine/core'
import { IconBook2, IconLifebuoy } from '@tabler/icons-react'
import { useState } from 'react'
import { useRead } from '../api/hooks'
import { texts } from '../lib/lang'
import { Empty, Loaded, Panel, Screen } from '../lib/ui'
import { useSite } from '../shell/site'
import { Article } from './Article'

const t = texts({
  title: ['帮助', 'Help'],
  articles: ['文章', 'Articles'],
  reference: ['API 文档', 'API reference'],
  none: ['暂无文章', 'No articles yet'],
  ask: ['联系客服：', 'Ask the support: '],
})

export function Help() {
  const site = useSite()
  const read = useRead('article/list')
  const [chosen, setChosen] = useState<string>()
  return (
    <Screen title={t.title} about={site.support ? <>{t.ask}{site.support}</> : undefined}>
      <Loaded from={read} lines={8}>
        {({ list }) => {
          const article = list.find((a) => a.id === chosen) ?? list[0]
          if (!article) return <Panel><Empty icon={IconLifebuoy} title={t.none} /></Panel>
          return (
            <Grid gap="lg">
              <Grid.Col span={{ base: 12, md: 4, lg: 3 }}>
                <Panel title={t.articles}>
                  <Box component="nav" aria-label={t.articles}>
                    {list.map((a) => <NavLink key={a.id} component="button" type="button" label={a.title} active={a.id === article.id} aria-current={a.id === article.id ? 'true' : undefined} onClick={() => setChosen(a.id)} style={{ borderRadius: 8 }} />)}
                    <NavLink component="a" href="/docs" target="_blank" rel="noreferrer" label={t.reference} leftSection={<IconBook2 size={16} aria-hidden />} style={{ borderRadius: 8 }} />
                  </Box>
                </Panel>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 8, lg: 9 }}>
                <Panel title={article.title}><Article content={article.content} /></Panel>
              </Grid.Col>
            </Grid>
          )
        }}
      </Loaded>
    </Screen>
  )
}
