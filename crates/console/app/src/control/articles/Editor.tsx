// One help article in both languages, beside what customers will see of it.

import { Box, Button, Group, SegmentedControl, SimpleGrid, Stack, Switch, Text, TextInput, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Article } from '../../help/Article'
import { Count } from '../../lib/Count'
import { when } from '../../lib/format'
import { either, lang, say, texts } from '../../lib/lang'
import { Loaded, Panel, Screen, done } from '../../lib/ui'
import { useUnsaved } from '../../lib/unsaved'
import { STALE, useAsk, useMay, useTell } from '../api'
import { Held, changedBy } from '../Closed'
import { Ask, FieldFault, type Question } from '../kit'
import { type Text as Words, type Whole, blank, join, split } from './data'

const t = texts({
  one: ['帮助文章', 'Help article'],
  fresh: ['新建文章', 'New article'],
  back: ['返回列表', 'Back to the list'],
  save: ['保存', 'Save'],
  saved: ['文章已保存，客户立即可见', 'The article is saved; customers see it at once'],
  text: ['内容', 'Text'],
  zh: ['中文', 'Chinese'],
  en: ['英文', 'English'],
  language: ['语言', 'Language'],
  title: ['标题', 'Title'],
  body: ['正文（Markdown）', 'Text (Markdown)'],
  bodyHow: ['{host}、{port}、{api}、{sample} 会替换为站点的代理主机、端口、API 地址和测试网址，{username}、{password}、{key} 会替换为读者自己的账号和密钥。', '{host}, {port}, {api} and {sample} become the site’s proxy host, port, API address and test address; {username}, {password} and {key} the reader’s own.'],
  both: ['两种语言都需要填写。', 'Both languages are needed.'],
  preview: ['客户看到的样子', 'What customers see'],
  empty: ['写下标题和正文后，这里会显示预览。', 'Write a title and a text, and they show here.'],
  place: ['位置', 'Where it stands'],
  slug: ['名称', 'Name'],
  slugHow: ['用于地址，创建后不变：小写字母、数字、-', 'It stays: lower-case letters, digits, -'],
  position: ['排序', 'Place'],
  positionHow: ['小的在前；内置文章为 10、20、30……', 'The least comes first; the shipped ones are 10, 20, 30 and so on'],
  hidden: ['隐藏', 'Hidden'],
  hiddenHow: ['客户看不到这篇文章', 'Customers don’t see it'],
  changedAt: ['修改于 {at}', 'Changed at {at}'],
  asShipped: ['内置文章，尚未修改', 'Shipped with the product, unchanged'],
  restore: ['恢复内置内容', 'Back to the shipped text'],
  restoreHow: ['您的修改会丢失，客户重新看到产品自带的文章。', 'Your changes are lost; customers read what came with the product again.'],
  restored: ['已恢复内置内容', 'The shipped text is back'],
  remove: ['删除', 'Delete'],
  removeHow: ['文章会从帮助中消失，无法撤销。', 'It leaves the help for good.'],
  removed: ['文章已删除', 'The article is deleted'],
  reload: ['载入最新内容（您输入的会丢失）', 'Load what is saved now (what you typed is lost)'],
})

type Tongue = 'zh' | 'en'

export function Editor() {
  const { slug } = useParams({ strict: false }) as { slug: string }
  const { site } = useSearch({ strict: false }) as { site?: string }
  const known = useAsk<Whole>('article/show', { slug, site }, { enabled: slug !== 'new' })
  const navigate = useNavigate()
  const back = () => void navigate({ to: '/control/articles' as never, search: { site } as never })
  if (slug === 'new') return <Form article={blank} site={site} isNew back={back} />
  if (known.data) return <Form key={`${known.data.slug} ${known.data.version}`} article={known.data} site={site} back={back} />
  return <Screen title={t.one} actions={<Button variant="default" onClick={back}>{t.back}</Button>}><Loaded from={known} lines={8}>{() => null}</Loaded></Screen>
}

function Form({ article, site, isNew, back }: { article: Whole; site?: string; isNew?: boolean; back: () => void }) {
  const [words, setWords] = useState<Record<Tongue, Words>>({ zh: split(article.zh), en: split(article.en) })
  const [tongue, setTongue] = useState<Tongue>(lang())
  const [slug, setSlug] = useState(article.slug)
  const [position, setPosition] = useState<number | undefined>(isNew ? undefined : article.position)
  const [hidden, setHidden] = useState(article.hidden)
  const [begun] = useState(JSON.stringify([words, slug, hidden, position]))
  const save = useTell('article/save', ['article'])
  const client = useQueryClient()
  const allowed = useMay()('article/save')
  const set = (part: Partial<Words>) => setWords((old) => ({ ...old, [tongue]: { ...old[tongue], ...part } }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ slug: slug.trim(), site, zh: join(words.zh), en: join(words.en), position, hidden, seen: article.version }, { onSuccess: () => { done(t.saved); unsaved.free(); back() } })
  }
  const unsaved = useUnsaved(JSON.stringify([words, slug, hidden, position]) !== begun)
  const missing = (['zh', 'en'] as const).some((one) => !words[one].title.trim() || !words[one].body.trim())
  const state = isNew ? '' : article.changed_at ? say(t.changedAt, { at: when(article.changed_at) }) : t.asShipped
  const about = [state, !allowed && changedBy('article/save')].filter(Boolean).join(' · ')
  const fields = save.error?.fields ?? {}
  return (
    <form onSubmit={submit}>
      <Screen
        title={isNew ? t.fresh : either(article.title.zh, article.title.en)} about={about}
        actions={<><Button variant="default" onClick={back}>{t.back}</Button>{allowed && !isNew && article.version > 0 && <Takeback article={article} site={site} back={back} />}{allowed && <Button type="submit" loading={save.isPending} disabled={missing}>{t.save}</Button>}</>}
      >
        {save.error && <FieldFault error={save.error} shown={['slug', 'position', tongue]} />}
        {save.error?.code === STALE && <Group><Button variant="default" leftSection={<IconRefresh size={16} />} onClick={() => void client.invalidateQueries({ queryKey: ['control', 'article/show'] })}>{t.reload}</Button></Group>}
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" style={{ alignItems: 'start' }}>
          <Stack gap="md">
            <Panel title={t.text} right={<SegmentedControl size="xs" aria-label={t.language} value={tongue} onChange={(next) => setTongue(next as Tongue)} data={[{ value: 'zh', label: t.zh }, { value: 'en', label: t.en }]} />}>
              <Held open={allowed}><Stack gap="sm">
                <TextInput label={t.title} lang={tongue} value={words[tongue].title} onChange={(e) => set({ title: e.currentTarget.value })} maxLength={120} required />
                <Textarea label={t.body} description={t.bodyHow} lang={tongue} value={words[tongue].body} onChange={(e) => set({ body: e.currentTarget.value })} autosize minRows={12} maxRows={32} required error={fields[tongue]} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, lineHeight: 1.6 } }} />
                {missing && <Text fz="xs" c="dimmed">{t.both}</Text>}
              </Stack></Held>
            </Panel>
            <Panel title={t.place}>
              <Held open={allowed}><Stack gap="sm">
                {isNew && <TextInput label={t.slug} description={t.slugHow} value={slug} onChange={(e) => setSlug(e.currentTarget.value)} required error={fields.slug} />}
                <Count label={t.position} description={t.positionHow} value={position} set={setPosition} none={() => setPosition(undefined)} min={0} max={10_000} error={fields.position} />
                <Switch label={t.hidden} description={t.hiddenHow} checked={hidden} onChange={(e) => setHidden(e.currentTarget.checked)} />
              </Stack></Held>
            </Panel>
          </Stack>
          <Panel title={t.preview}>
            <Box lang={tongue} mih={160} style={{ overflowWrap: 'anywhere' }}>
              {words[tongue].title || words[tongue].body ? (
                <><Text fw={600} fz="lg" mb="xs">{words[tongue].title}</Text><Article content={words[tongue].body} /></>
              ) : <Text fz="sm" c="dimmed">{t.empty}</Text>}
            </Box>
          </Panel>
        </SimpleGrid>
        {unsaved.dialog}
      </Screen>
    </form>
  )
}

/** A changed article goes back to what was shipped; one of the site's own goes. */
function Takeback({ article, site, back }: { article: Whole; site?: string; back: () => void }) {
  const [question, setQuestion] = useState<Question>()
  const own = article.source === 'own'
  const remove = useTell('article/remove', ['article'])
  const run = async () => {
    await remove.mutateAsync({ slug: article.slug, site })
    if (own) back()
  }
  const ask = () => setQuestion({ title: own ? t.remove : t.restore, text: own ? t.removeHow : t.restoreHow, yes: own ? t.remove : t.restore, danger: true, told: own ? t.removed : t.restored, run })
  return (
    <>
      <Button variant="light" color="red" leftSection={own ? <IconTrash size={16} /> : <IconArrowBackUp size={16} />} onClick={ask}>{own ? t.remove : t.restore}</Button>
      <Ask question={question} close={() => setQuestion(undefined)} />
    </>
  )
}
