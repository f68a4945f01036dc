// A site's looks, texts, host names and rules; a new one is made with its currency, which stays.

import { Box, Button, FileButton, Group, Select, SimpleGrid, Stack, Switch, TagsInput, Text, TextInput, Textarea } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { FormDrawer, FormModal } from '../../lib/forms'
import { changesOf } from '../../lib/changes'
import { texts } from '../../lib/lang'
import { Loaded, done, failed } from '../../lib/ui'
import { STALE, useAsk, useTell } from '../api'
import { NOBODY, useSite } from '../../shell/site'
import { FieldFault } from '../kit'
import type { Site } from './data'

const t = texts({
  edit: ['编辑站点', 'Edit the site'],
  add: ['新建站点', 'New site'],
  name: ['内部名称', 'Inner name'],
  title: ['客户看到的名称', 'Name that customers read'],
  colour: ['主色', 'Colour'],
  accent: ['辅助色', 'Second colour'],
  pick: ['选取颜色', 'Pick a colour'],
  logo: ['标志', 'Logo'],
  choose: ['选择图片', 'Choose a picture'],
  remove: ['移除', 'Remove'],
  logoHow: ['PNG、SVG、WebP 或 JPEG，最大约 146 KB', 'PNG, SVG, WebP or JPEG of at most 146 KB'],
  large: ['图片太大', 'The picture is too large'],
  taglineZh: ['标语（中文）', 'Tagline, Chinese'],
  taglineEn: ['标语（英文）', 'Tagline, English'],
  support: ['客服联系方式', 'Whom to ask for help'],
  termsZh: ['服务条款（中文）', 'Terms of use, Chinese'],
  termsEn: ['服务条款（英文）', 'Terms of use, English'],
  closed: ['关闭注册', 'Strangers can’t register'],
  demands: ['创建代理账号前须实名', 'Proxy accounts need a verified customer'],
  hosts: ['域名', 'Host names'],
  hostsHow: ['在这些域名下显示此品牌；输入后按回车', 'Under these the console shows this brand; press Enter after each'],
  prefixes: ['API 路径前缀', 'Path prefixes of the API'],
  zone: ['时区（IANA）', 'Time zone, IANA name'],
  lang: ['默认语言', 'Language where none is asked for'],
  prefix: ['账号前缀', 'Prefix of account names'],
  currency: ['货币（创建后不变）', 'Currency, which stays'],
  save: ['保存', 'Save'],
  saved: ['站点已保存，立即生效', 'The site is saved and shows at once'],
  reload: ['载入最新内容（您输入的会丢失）', 'Load what is saved now (what you typed is lost)'],
  made: ['站点已创建', 'The site is made'],
})

interface Look { title?: string | null; colour?: string | null; accent?: string | null; logo?: string | null; tagline_zh?: string | null; tagline_en?: string | null; support?: string | null; terms_zh?: string | null; terms_en?: string | null; closed?: boolean | null }
interface Whole extends Site { look: Look }

const LANGS = [{ value: 'zh', label: '\u4e2d\u6587' }, { value: 'en', label: 'English' }]

export function EditSite({ name, close }: { name: string; close: () => void }) {
  const site = useAsk<Whole>('site/show', { name })
  // What was typed stands over what the site was when it was opened, until the newest is asked for.
  const [round, setRound] = useState(0)
  const reload = async () => {
    await site.refetch()
    setRound(round + 1)
  }
  return (
    <FormDrawer opened onClose={close} position="right" size="xl" title={`${t.edit} · ${name}`}>
      <Loaded from={site} lines={10}>{(data) => <Form key={round} site={data} close={close} reload={reload} />}</Loaded>
    </FormDrawer>
  )
}

function Form({ site: newest, close, reload }: { site: Whole; close: () => void; reload: () => Promise<void> }) {
  const [site] = useState(newest)
  const [firstLook] = useState<Look>(site.look)
  const [look, setLook] = useState<Look>(firstLook)
  const [first] = useState({ prefixes: site.prefixes, lang: site.lang, zone: site.zone ?? 'UTC', account_prefix: site.account_prefix ?? '', demands_verification: site.demands_verification, hosts: site.hosts })
  const [rest, setRest] = useState(first)
  const save = useTell('site/change', ['site'])
  const word = (key: 'title' | 'tagline_zh' | 'tagline_en' | 'support' | 'terms_zh' | 'terms_en') => ({ value: look[key] ?? '', onChange: (e: { currentTarget: { value: string } }) => { const { value } = e.currentTarget; setLook((old) => ({ ...old, [key]: value })) }, error: save.error?.fields[key] })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ name: site.name, ...changesOf(first, rest), look: changesOf(firstLook, look), seen: site }, { onSuccess: () => { done(t.saved); close() } })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label={t.title} {...word('title')} placeholder={site.name} />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Colour label={t.colour} value={look.colour ?? ''} onChange={(colour) => setLook((old) => ({ ...old, colour }))} error={save.error?.fields.colour} />
          <Colour label={t.accent} value={look.accent ?? ''} onChange={(accent) => setLook((old) => ({ ...old, accent }))} error={save.error?.fields.accent} />
        </SimpleGrid>
        <Logo logo={look.logo ?? ''} set={(logo) => setLook((old) => ({ ...old, logo }))} error={save.error?.fields.logo} />
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t.taglineZh} {...word('tagline_zh')} lang="zh" />
          <TextInput label={t.taglineEn} {...word('tagline_en')} lang="en" />
        </SimpleGrid>
        <TextInput label={t.support} {...word('support')} placeholder="help@example.com" />
        <TagsInput label={t.hosts} description={t.hostsHow} value={rest.hosts} onChange={(hosts) => setRest((old) => ({ ...old, hosts }))} error={save.error?.fields.hosts} />
        <TagsInput label={t.prefixes} value={rest.prefixes} onChange={(prefixes) => setRest((old) => ({ ...old, prefixes }))} error={save.error?.fields.prefixes} />
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <Zone value={rest.zone} set={(zone) => setRest((old) => ({ ...old, zone }))} error={save.error?.fields.zone} />
          <Select label={t.lang} value={rest.lang} onChange={(v) => v && setRest((old) => ({ ...old, lang: v }))} data={LANGS} allowDeselect={false} />
          <TextInput label={t.prefix} value={rest.account_prefix} onChange={(e) => { const { value } = e.currentTarget; setRest((old) => ({ ...old, account_prefix: value })) }} error={save.error?.fields.account_prefix} />
        </SimpleGrid>
        <Switch label={t.demands} checked={rest.demands_verification} onChange={(e) => { const { checked } = e.currentTarget; setRest((old) => ({ ...old, demands_verification: checked })) }} />
        <Switch label={t.closed} checked={look.closed ?? false} onChange={(e) => { const { checked } = e.currentTarget; setLook((old) => ({ ...old, closed: checked })) }} />
        <Textarea label={t.termsZh} {...word('terms_zh')} autosize minRows={3} maxRows={10} lang="zh" />
        <Textarea label={t.termsEn} {...word('terms_en')} autosize minRows={3} maxRows={10} lang="en" />
        {save.error && <FieldFault error={save.error} shown={['title', 'tagline_zh', 'tagline_en', 'support', 'terms_zh', 'terms_en', 'colour', 'accent', 'logo', 'hosts', 'prefixes', 'zone', 'account_prefix']} />}
        <Group justify="flex-end">
          {save.error?.code === STALE && <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={() => void reload()}>{t.reload}</Button>}
          <Button type="submit" loading={save.isPending}>{t.save}</Button>
        </Group>
      </Stack>
    </form>
  )
}

function Logo({ logo, set, error }: { logo: string; set: (logo: string) => void; error?: string }) {
  const read = (file: File | null) => {
    if (!file) return
    if (file.size > 146_000) {
      failed(new Error(t.large))
      return
    }
    const reader = new FileReader()
    reader.addEventListener('load', () => set(String(reader.result)))
    reader.readAsDataURL(file)
  }
  return (
    <Group>
      {logo && <Box p={8} bg="light-dark(#f1f3f4, #2c343b)" style={{ borderRadius: 10 }}><img src={logo} alt={t.logo} height={36} style={{ display: 'block' }} /></Box>}
      <Box>
        <FileButton onChange={read} accept="image/png,image/svg+xml,image/webp,image/jpeg">{(props) => <Button variant="default" size="xs" {...props}>{t.choose}</Button>}</FileButton>
        {logo && <Button variant="subtle" color="gray" size="xs" ml="xs" onClick={() => set('')}>{t.remove}</Button>}
        <Text fz="xs" c={error ? 'var(--mantine-color-error)' : 'dimmed'} mt={4}>{error ?? t.logoHow}</Text>
      </Box>
    </Group>
  )
}

/** Typed, or picked with the browser's own picker. */
function Colour({ label, value, onChange, error }: { label: string; value: string; onChange: (colour: string) => void; error?: string }) {
  const whole = /^#[0-9a-f]{6}$/i.test(value)
  return (
    <TextInput
      label={label} value={value} onChange={(e) => onChange(e.currentTarget.value.trim())} placeholder="#17705c" error={error}
      leftSection={<input type="color" aria-label={`${t.pick}: ${label}`} value={whole ? value : '#17705c'} onChange={(e) => onChange(e.currentTarget.value)} style={{ width: 22, height: 22, padding: 0, border: 0, background: 'none', cursor: 'pointer' }} />}
    />
  )
}

function Zone({ value, set, error }: { value: string; set: (zone: string) => void; error?: string }) {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
  return <Select label={t.zone} value={value} onChange={(v) => v && set(v)} data={zones} searchable limit={80} allowDeselect={false} error={error} />
}

export function NewSite({ close }: { close: () => void }) {
  const [words, setWords] = useState({ name: '', title: '', host: '', prefix: '/gateway' })
  const [currency, setCurrency] = useState('USD')
  const [language, setLanguage] = useState('en')
  const [zone, setZone] = useState('UTC')
  const [colour, setColour] = useState('#17705c')
  const create = useTell('site/create', ['site'])
  const isFirst = useSite() === NOBODY
  const made = () => {
    // With the first site everything has a brand, which is asked for before anything is drawn.
    if (isFirst) window.location.reload()
    done(t.made)
    close()
  }
  const field = (key: keyof typeof words) => ({ value: words[key], onChange: (e: { currentTarget: { value: string } }) => { const { value } = e.currentTarget; setWords((old) => ({ ...old, [key]: value })) } })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ name: words.name.trim(), prefixes: [words.prefix.trim()], hosts: words.host.trim() ? [words.host.trim()] : [], currency, lang: language, zone, look: { title: words.title.trim() || undefined, colour } }, { onSuccess: made })
  }
  return (
    <FormModal opened onClose={close} title={t.add} radius="lg" size="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput label={t.name} {...field('name')} required data-autofocus error={create.error?.fields.name} />
            <TextInput label={t.title} {...field('title')} error={create.error?.fields.title} />
            <TextInput label={t.hosts} {...field('host')} placeholder="proxy.example.com" error={create.error?.fields.hosts} />
            <TextInput label={t.prefixes} {...field('prefix')} required error={create.error?.fields.prefixes} />
            <Select label={t.currency} value={currency} onChange={(v) => v && setCurrency(v)} data={['CNY', 'USD', 'HKD']} allowDeselect={false} />
            <Select label={t.lang} value={language} onChange={(v) => v && setLanguage(v)} data={LANGS} allowDeselect={false} />
            <Zone value={zone} set={setZone} />
            <Colour label={t.colour} value={colour} onChange={setColour} error={create.error?.fields.colour} />
          </SimpleGrid>
          {create.error && <FieldFault error={create.error} shown={['name', 'title', 'hosts', 'prefixes', 'colour']} />}
          <Group justify="flex-end"><Button type="submit" loading={create.isPending}>{t.save}</Button></Group>
        </Stack>
      </form>
    </FormModal>
  )
}
