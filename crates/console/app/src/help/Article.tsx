// An article's Markdown as the console draws it; markup of others stays text.

import { Anchor, Box, Code as Inline, List, Table, Text, Title } from '@mantine/core'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { Code } from '../lib/bits'
import { texts } from '../lib/lang'

const t = texts({ table: ['表格', 'Table'] })

/** Below the article's own heading, which the panel around it has. */
const heading = (order: 3 | 4, size: 'md' | 'sm'): Components['h2'] => ({ children }) => <Title order={order} fz={size} mt="lg" mb="xs">{children}</Title>

const PARTS: Components = {
  h1: heading(3, 'md'),
  h2: heading(3, 'md'),
  h3: heading(4, 'sm'),
  h4: heading(4, 'sm'),
  p: ({ children }) => <Text my="sm" lh={1.65}>{children}</Text>,
  a: ({ href, children }) => <Anchor href={href} target="_blank" rel="noreferrer" underline="always">{children}</Anchor>,
  ol: ({ children }) => <List type="ordered" spacing={6} my="sm">{children}</List>,
  ul: ({ children }) => <List spacing={6} my="sm">{children}</List>,
  li: ({ children }) => <List.Item>{children}</List.Item>,
  code: ({ children }) => <Inline>{children}</Inline>,
  pre: ({ node }) => <Box my="md"><Code text={textOf(node)} /></Box>,
  table: ({ children }) => <Table.ScrollContainer minWidth={420} type="native" tabIndex={0} role="region" aria-label={t.table}><Table my="sm" verticalSpacing="xs">{children}</Table></Table.ScrollContainer>,
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

export function Article({ content }: { content: string }) {
  return <Box maw={760} fz="sm"><Markdown remarkPlugins={[remarkGfm]} components={PARTS}>{content}</Markdown></Box>
}
