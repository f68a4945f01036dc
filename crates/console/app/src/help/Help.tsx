// Help articles, as the server tells them, and where to ask further.

import { Anchor, Box, Code as Inline, Grid, List, NavLink, Table, Text } from '@mantine/core'
import { IconBook2, IconLifebuoy } from '@tabler/icons-react'
import { useState } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { useRead } from '../api/hooks'
import { Code } from '../lib/bits'
import { texts } from '../lib/lang'
import { Empty, Loaded, Panel, Screen } from '../lib/ui'
import { useSite } from '../shell/site'

const t = texts({
  title: ['帮助', 'Help'],
  articles: ['文章', 'Articles'],
  reference: ['API 文档', 'API reference'],
  none: ['暂无文章', 'No articles yet'],
  ask: ['联系客服:', 'Ask the support: '],
})

const PARTS: Components = {
  p: ({ children }) => <Text my="sm" lh={1.65}>{children}</Text>,
  a: ({ href, children }) => <Anchor href={href} target="_blank" rel="noreferrer" underline="always">{children}</Anchor>,
  ol: ({ children }) => <List type="ordered" spacing={6} my="sm">{children}</List>,
  ul: ({ children }) => <List spacing={6} my="sm">{children}</List>,
  li: ({ children }) => <List.Item>{children}</List.Item>,
  code: ({ children }) => <Inline>{children}</Inline>,
  pre: ({ node }) => <Box my="md"><Code text={textOf(node)} /></Box>,
  table: ({ children }) => <Table.ScrollContainer minWidth={420} type="native" tabIndex={0} role="region" aria-label={t.articles}><Table my="sm" verticalSpacing="xs">{children}</Table></Table.ScrollContainer>,
  thead: ({ children }) => <Table.Thead>{children}</Table.Thead>,
  tbody: ({ children }) => <Table.Tbody>{children}</Table.Tbody>,
  tr: ({ children }) => <Table.Tr>{children}</Table.Tr>,
  th: ({ children }) => <Table.Th>{children}</Table.Th>,
  td: ({ children }) => <Table.Td>{children}</Table.Td>,
}

interface Part { value?: string; children?: Part[] }

const textOf = (node: unknown): string => {
  const part = node as Part | undefined
  return (part?.value ?? (part?.children ?? []).map(textOf).join('')).replace(/\n$/, '')
}

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
                <Panel title={article.title}><Box maw={760} fz="sm"><Markdown remarkPlugins={[remarkGfm]} components={PARTS}>{article.content}</Markdown></Box></Panel>
              </Grid.Col>
            </Grid>
          )
        }}
      </Loaded>
    </Screen>
  )
}
