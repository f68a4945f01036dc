// One product: texts in both languages, prices, stock and what it grants, beside what customers will see.

import { Alert, Box, Button, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, TextInput, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Count } from '../../lib/Count'
import { Sum, isSum } from '../../lib/Sum'
import { onto } from '../../lib/changes'
import { number } from '../../lib/format'
import { either, lang, say, texts } from '../../lib/lang'
import { Failed, Loaded, Panel, Screen, done } from '../../lib/ui'
import { useUnsaved } from '../../lib/unsaved'
import { Offer, type Product as Row } from '../../shop/Offer'
import { door, useAsk, useMay, useTell } from '../api'
import { Held, changedBy } from '../Closed'
import { FieldFault } from '../kit'
import { type ApiError } from '../../api/client'
import { Choices } from './Choices'
import { type Item, type Pair, type Prices, blank, sellsFor } from './item'
import { BUCKETS, COUNTED, TYPES, productName } from './types'

const t = texts({
  one: ['套餐', 'Product'],
  fresh: ['新建套餐', 'New product'],
  what: ['内容', 'What it is'],
  code: ['代码', 'Code'],
  codeHow: ['您自己的名称，创建后不变：字母、数字、- _ .', 'Your own name for it, which stays: letters, digits, - _ .'],
  type: ['类型', 'Type'],
  show: ['展示', 'Shown as'],
  plain: ['普通', 'Ordinary'],
  best: ['推荐', 'Recommended'],
  request: ['需咨询，不能直接下单', 'On request, can’t be ordered'],
  trial: ['试用，每位客户一次', 'Trial, once per customer'],
  off: ['下架', 'Withdrawn'],
  offHow: ['客户看不到，也不能下单', 'Not shown and not sold'],
  gb: ['流量（GB）', 'Traffic, GB'],
  gift: ['赠送流量（GB）', 'Traffic on top, GB'],
  count: ['次数', 'Uses'],
  days: ['有效天数', 'Valid for days'],
  stock: ['库存（0 不限）', 'Stock, 0: any number'],
  renews: ['续费哪种静态 IP', 'Which addresses it renews'],
  texts: ['文字', 'Texts'],
  zh: ['中文', 'Chinese'],
  en: ['英文', 'English'],
  title: ['名称', 'Title'],
  subtitle: ['副标题', 'Below the title'],
  detail: ['说明', 'In a sentence'],
  tip1: ['标签', 'Label'],
  tip2: ['第二个标签', 'Second label'],
  lines: ['介绍，每行一条', 'Lines that describe it, one each'],
  prices: ['价格', 'Prices'],
  price: ['售价', 'Price'],
  original: ['划线价', 'Crossed out'],
  giftMoney: ['赠送余额', 'Balance on top'],
  priceHow: ['留空表示不以该货币出售', 'Empty: not sold for that currency'],
  choices: ['可选项', 'Choices'],
  preview: ['客户看到的样子', 'What customers see'],
  save: ['保存', 'Save'],
  saved: ['套餐已保存', 'The product is saved'],
  clash: ['以下内容已被他人修改：{fields}。请返回目录后重新打开，再做修改。', 'Changed by somebody else meanwhile: {fields}. Go back to the catalogue, open it again, and change it there.'],
  back: ['返回目录', 'Back to the catalogue'],
  sold: ['已售 {n}', '{n} sold'],
  buy: ['购买', 'Buy'],
  topUp: ['充值', 'Top up'],
  support: ['联系客服', 'Ask the support'],
})

/** The most of anything, as the server has it. */
const MOST = 10_000_000

interface Known { item: Item; sold: number; site: string }
interface Preview { zh: Row; en: Row; currency: string; fault: string | null; fault_zh: string | null }

export function Product() {
  const { code } = useParams({ strict: false }) as { code: string }
  const { site } = useSearch({ strict: false }) as { site?: string }
  const known = useAsk<Known>('product/show', { code, site }, { enabled: code !== 'new' })
  const navigate = useNavigate()
  const back = () => void navigate({ to: '/control/catalogue' as never, search: { site } as never })
  if (code === 'new') return <Editor site={site} item={blank} isNew sold={0} back={back} />
  if (known.data) return <Editor key={known.data.item.code} site={site} item={known.data.item} sold={known.data.sold} back={back} />
  return <Screen title={t.one} actions={<Button variant="default" onClick={back}>{t.back}</Button>}><Loaded from={known} lines={8}>{() => null}</Loaded></Screen>
}

function Editor({ site, item: first, isNew, sold, back }: { site?: string; item: Item; isNew?: boolean; sold: number; back: () => void }) {
  const [begun] = useState<Item>(first)
  const [item, setItem] = useState<Item>(first)
  const [clash, setClash] = useState<unknown>()
  const [tongue, setTongue] = useState<'zh' | 'en'>(lang())
  const save = useTell('product/save', ['product'])
  const allowed = useMay()('product/save')
  const unsaved = useUnsaved(JSON.stringify(item) !== JSON.stringify(begun))
  const set = (part: Partial<Item>) => setItem((old) => ({ ...old, ...part }))
  const say2 = (name: 'title' | 'subtitle' | 'detail' | 'tip1' | 'tip2') => ({
    value: item[name][tongue],
    lang: tongue,
    onChange: (e: { currentTarget: { value: string } }) => set({ [name]: { ...item[name], [tongue]: e.currentTarget.value } as Pair }),
  })
  /** Saves what was changed here onto what the product is now: another tab or operator may have changed the rest. */
  const keep = async () => {
    setClash(undefined)
    try {
      const newest = isNew ? begun : (await door<Known>('POST', 'product/show', { code: item.code, site })).item
      const { merged, both } = onto(begun, item, newest)
      if (both.length > 0) return setClash(new Error(say(t.clash, { fields: both.map((name) => (t as Record<string, string>)[name] ?? name).join(either('、', ', ')) })))
      save.mutate({ item: tidy(merged), seen: isNew ? undefined : newest, site }, { onSuccess: () => { done(t.saved); unsaved.free(); back() } })
    } catch (error) {
      setClash(error)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void keep()
  }
  const lines = item.introduce.map((line) => line[tongue]).join('\n')
  const setLines = (text: string) => {
    const rows = text.split('\n')
    const old = item.introduce
    const length = Math.max(rows.length, tongue === 'zh' ? old.filter((l) => l.en).length : old.filter((l) => l.zh).length)
    set({ introduce: Array.from({ length }, (_, i) => ({ zh: old[i]?.zh ?? '', en: old[i]?.en ?? '', [tongue]: rows[i] ?? '' })) as Pair[] })
  }
  const type = item.type
  const inputs = inputsOf(type)
  const wrong: Record<string, string | undefined> = clash === undefined ? (save.error?.fields ?? {}) : {}
  const fault = clash ?? (save.error ? sentence(save.error, inputs) : undefined)
  return (
    <form onSubmit={submit}>
      <Screen title={isNew ? t.fresh : item.title[lang()] || item.code} about={[!isNew && say(t.sold, { n: number(sold) }), !allowed && changedBy('product/save')].filter(Boolean).join(' · ')} actions={<><Button variant="default" onClick={back}>{t.back}</Button>{allowed && <Button type="submit" loading={save.isPending}>{t.save}</Button>}</>}>
        {fault !== undefined && <FieldFault error={fault} shown={inputs} />}
        <Box style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))', alignItems: 'start' }}>
          <Stack gap="md" style={{ gridColumn: 'span 1' }}>
            <Panel title={t.what}>
              <Held open={allowed}><Stack gap="sm">
                <TextInput label={t.code} description={isNew ? t.codeHow : undefined} value={item.code} onChange={(e) => set({ code: e.currentTarget.value })} disabled={!isNew} required error={wrong.code} />
                <Select label={t.type} value={String(type)} onChange={(v) => v && set({ type: Number(v) })} data={TYPES.map((n) => ({ value: String(n), label: `${productName(n)} (${n})` }))} disabled={!isNew} allowDeselect={false} searchable error={wrong.type} />
                <Select label={t.show} value={String(item.show_type)} onChange={(v) => v && set({ show_type: Number(v) })} data={[t.plain, t.best, t.request, t.trial].map((label, i) => ({ value: String(i + 1), label }))} allowDeselect={false} error={wrong.show_type} />
                <SimpleGrid cols={2} spacing="sm">
                  {inputs.includes('gb') && <Count label={t.gb} value={item.gb} set={(n) => set({ gb: n })} min={0} max={MOST} error={wrong.gb} />}
                  {inputs.includes('gift_gb') && <Count label={t.gift} value={item.gift_gb} set={(n) => set({ gift_gb: n })} min={0} max={MOST} error={wrong.gift_gb} />}
                  {inputs.includes('count') && <Count label={t.count} value={item.count} set={(n) => set({ count: n })} min={0} max={MOST} error={wrong.count} />}
                  {inputs.includes('days') && <Count label={t.days} value={item.days} set={(n) => set({ days: n })} min={0} max={3660} error={wrong.days} />}
                  <Count label={t.stock} value={item.stock} set={(n) => set({ stock: n })} min={0} max={MOST} error={wrong.stock} />
                  {inputs.includes('renews') && <Select label={t.renews} value={String(item.renews ?? 14)} onChange={(v) => v && set({ renews: Number(v) })} data={[14, 25].map((n) => ({ value: String(n), label: productName(n) }))} allowDeselect={false} error={wrong.renews} />}
                </SimpleGrid>
                <Switch label={t.off} description={t.offHow} checked={item.withdrawn ?? false} onChange={(e) => set({ withdrawn: e.currentTarget.checked })} />
              </Stack></Held>
            </Panel>
            {type === 11 ? <Panel title={t.choices}><Held open={allowed}><Choices item={item} set={set} /></Held></Panel> : (
              <Panel title={t.prices}>
                <Text fz="sm" c="dimmed" mb="sm">{t.priceHow}</Text>
                <Held open={allowed}><Stack gap="sm">
                  <PriceRow label={t.price} prices={item.price} set={(price) => set({ price })} />
                  <PriceRow label={t.original} prices={item.original_price} set={(original_price) => set({ original_price })} />
                  <PriceRow label={t.giftMoney} prices={item.balance_gift} set={(balance_gift) => set({ balance_gift })} />
                </Stack></Held>
              </Panel>
            )}
          </Stack>
          <Panel title={t.texts} right={<SegmentedControl size="xs" value={tongue} onChange={(v) => setTongue(v as 'zh' | 'en')} data={[{ value: 'zh', label: t.zh }, { value: 'en', label: t.en }]} />}>
            <Held open={allowed}><Stack gap="sm">
              <TextInput label={t.title} {...say2('title')} required maxLength={200} error={wrong.title} />
              <TextInput label={t.subtitle} {...say2('subtitle')} />
              <Textarea label={t.detail} {...say2('detail')} autosize minRows={2} />
              <SimpleGrid cols={2} spacing="sm"><TextInput label={t.tip1} {...say2('tip1')} /><TextInput label={t.tip2} {...say2('tip2')} /></SimpleGrid>
              <Textarea label={t.lines} value={lines} onChange={(e) => setLines(e.currentTarget.value)} autosize minRows={4} lang={tongue} />
            </Stack></Held>
          </Panel>
          <Stack gap="md">
            <PreviewCard item={item} site={site} tongue={tongue} quiet={fault !== undefined} />
          </Stack>
        </Box>
        {unsaved.dialog}
      </Screen>
    </form>
  )
}

/** The fields that a product of this type has an input for, which says what is wrong with it. */
function inputsOf(type: number): string[] {
  const bucket = BUCKETS.includes(type)
  const some: [boolean, string][] = [[bucket || type === 24, 'gb'], [bucket, 'gift_gb'], [COUNTED.includes(type), 'count'], [![3, 11, 19, 24, 26].includes(type), 'days'], [type === 19, 'renews']]
  return ['code', 'type', 'show_type', 'stock', 'title', ...some.flatMap(([is, name]) => (is ? [name] : []))]
}

/** What is wrong with what has no input of its own: the sentence names it. */
function sentence(error: ApiError, inputs: string[] = []): Error {
  const rest = Object.entries(error.fields).filter(([name]) => !inputs.includes(name)).map(([, text]) => text)
  return rest.length > 0 ? new Error(rest.join('\n')) : error
}

const SUMS = ['price', 'original_price', 'balance_gift'] as const

/** Whether the server can read its sums; those that it can't are told at their fields. */
const isReadable = (item: Item) => [...SUMS.map((name) => item[name]), ...[item.bandwidth, item.concurrency, item.duration].flatMap((list) => (list ?? []).map((choice) => choice.price))].every((prices) => Object.values(prices).every(isSum))

/** Without empty lines and empty prices, which the server would have to refuse. */
function tidy(item: Item): object {
  const prices = (all: Prices) => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined && v !== ''))
  return {
    ...item, price: prices(item.price), original_price: prices(item.original_price), balance_gift: prices(item.balance_gift),
    introduce: item.introduce.filter((line) => line.zh.trim() || line.en.trim()),
    renews: item.type === 19 ? (item.renews ?? 14) : undefined,
  }
}

function PriceRow({ label, prices, set }: { label: string; prices: Prices; set: (prices: Prices) => void }) {
  return (
    <SimpleGrid cols={3} spacing="sm">
      {(['cny', 'usd', 'hkd'] as const).map((code) => (
        <Sum key={code} label={`${label} · ${code.toUpperCase()}`} value={prices[code] ?? ''} set={(text) => set({ ...prices, [code]: text || undefined })} placeholder="–" />
      ))}
    </SimpleGrid>
  )
}

/** `quiet`: what is wrong stands elsewhere already. */
function PreviewCard({ item, site, tongue, quiet }: { item: Item; site?: string; tongue: 'zh' | 'en'; quiet: boolean }) {
  const [settled] = useDebouncedValue(item, 300)
  const preview = useAsk<Preview>('product/preview', { item: tidy(settled), site }, { enabled: isReadable(settled) && (settled.code !== '' || settled.title.en !== '') })
  const seen = preview.data?.[tongue]
  return (
    <Panel title={t.preview}>
      {preview.data?.fault && !quiet && <Alert color="yellow" mb="md" role="status">{either(preview.data.fault_zh ?? '', preview.data.fault)}</Alert>}
      {seen && preview.data ? (
        <Offer of={seen} currency={preview.data.currency} unsold={!sellsFor(settled, preview.data.currency)} lang={tongue}>
          <Button fullWidth variant={seen.show_type === 2 ? 'filled' : 'light'} component="span" aria-hidden>{seen.show_type === 3 ? t.support : seen.type === 3 ? t.topUp : t.buy}</Button>
        </Offer>
      ) : preview.error && !quiet ? <Failed error={sentence(preview.error)} /> : null}
    </Panel>
  )
}

