// What a site calls countries, states and cities, beside the catalogue's names.

import { ActionIcon, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconFileImport, IconTrash, IconWorld } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Typed } from '../../lib/bits'
import { Drawer } from '../../lib/dialog'
import { texts } from '../../lib/lang'
import { done } from '../../lib/ui'
import { type Listed, useAsk, useMay, useTell } from '../api'
import { ImportFile } from '../exits/Add'
import { Ask, FieldFault, Grid, PAGE, type Question } from '../kit'

const t = texts({
  title: ['地名', 'Place names'],
  about: ['本站对国家、州/省、城市的叫法：显示在所有回答中，可搜索，也可用于代理用户名；原名仍然有效。', 'What this site calls countries, states and cities: shown in every answer, found by search, taken in proxy usernames. The usual names stay good.'],
  country: ['国家/地区（代码或名称）', 'Country, code or name'],
  state: ['州/省', 'State'],
  city: ['城市', 'City'],
  place: ['位置', 'Place'],
  usual: ['原名', 'Usual name'],
  zh: ['中文名称', 'Name in Chinese'],
  en: ['英文名称', 'Name in English'],
  how: ['最多 128 字节；留空则用原名', 'At most 128 bytes; blank for the usual name'],
  save: ['保存', 'Save'],
  saved: ['地名已保存，立即生效', 'The name is saved and shows at once'],
  remove: ['恢复原名', 'Back to the usual name'],
  removed: ['已恢复原名', 'It has its usual name again'],
  sure: ['含有此处名称的代理用户名将被拒绝。', 'Proxy usernames that hold one of its names here will be refused.'],
  file: ['导入文件', 'Import a file'],
  fileHow: ['逗号分隔，首行为列名：country、zh、en，以及可选的 state、city；空名称表示恢复原名。任何一行有误则全部不写入。', 'Comma-separated under a line of names: country, zh, en and, as wanted, state, city; an empty name is the usual one again. All or none.'],
  imported: ['地名已导入', 'The names are imported'],
  none: ['没有自定义地名', 'No names of its own'],
  noneHow: ['在上方填写要改名的地点，或导入文件。', 'Name a place above that this site calls otherwise, or import a file.'],
})

interface Named { country: string; state: string | null; city: string | null; zh: string | null; en: string | null; catalogue_zh: string; catalogue_en: string }

const CHANGES = ['place', 'site']
const EMPTY = { country: '', state: '', city: '', zh: '', en: '' }
const codes = (row: Named) => [row.country, row.state, row.city].filter(Boolean).join(' / ')

export function Places({ site, close }: { site: string; close: () => void }) {
  const [page, setPage] = useState(1)
  const [words, setWords] = useState(EMPTY)
  const [question, setQuestion] = useState<Question>()
  const [importing, setImporting] = useState(false)
  const rows = useAsk<Listed<Named>>('place/list', { site, page, size: PAGE })
  const clear = useTell('place/clear', CHANGES)
  const allowed = useMay()('place/set')
  const edit = (row: Named) => setWords({ country: row.country, state: row.state ?? '', city: row.city ?? '', zh: row.zh ?? '', en: row.en ?? '' })
  const ask = (row: Named) => setQuestion({ title: `${t.remove}: ${codes(row)}`, text: t.sure, yes: t.remove, danger: true, told: t.removed, run: () => clear.mutateAsync({ site, country: row.country, state: row.state, city: row.city }) })
  return (
    <Drawer opened onClose={close} position="right" size="xl" title={`${t.title} · ${site}`}>
      <Stack>
        <Text fz="sm" c="dimmed">{t.about}</Text>
        {allowed && <Form site={site} words={words} setWords={setWords} />}
        {allowed && <Group><Button variant="default" size="xs" leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>{t.file}</Button></Group>}
        <Grid
          label={t.title} from={rows} keyOf={codes} onOpen={allowed ? edit : undefined} page={page} setPage={setPage} empty={{ icon: IconWorld, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.place, cell: (row) => <span className="mono">{codes(row)}</span> },
            { head: t.usual, cell: (row) => <Typed>{row.catalogue_en}</Typed> },
            { head: t.zh, cell: (row) => <Typed>{row.zh}</Typed> },
            { head: t.en, cell: (row) => <Typed>{row.en}</Typed> },
            ...(allowed ? [{ head: '', actions: true, cell: (row: Named) => <ActionIcon variant="subtle" color="gray" aria-label={`${t.remove}: ${codes(row)}`} onClick={(e) => { e.stopPropagation(); ask(row) }}><IconTrash size={16} /></ActionIcon> }] : []),
          ]}
        />
      </Stack>
      <Ask question={question} close={() => setQuestion(undefined)} />
      <ImportFile opened={importing} close={() => setImporting(false)} title={t.file} about={t.fileHow} command="place/import" extra={{ site }} changes={CHANGES} told={t.imported} sample={'country,state,city,zh,en\nJP,,,,Nippon\nUS,CA,Los Angeles,\u5929\u4f7f\u4e4b\u57ce,City of Angels\n'} />
    </Drawer>
  )
}

function Form({ site, words, setWords }: { site: string; words: typeof EMPTY; setWords: (words: typeof EMPTY) => void }) {
  const save = useTell<object>('place/set', CHANGES)
  const field = (key: keyof typeof EMPTY) => ({ value: words[key], onChange: (e: { currentTarget: { value: string } }) => setWords({ ...words, [key]: e.currentTarget.value }), error: save.error?.fields[key] })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // A blank name is the usual one again; what is empty would be left out, and stay.
    const name = (text: string) => text.trim() || ' '
    save.mutate({ site, country: words.country.trim(), state: words.state.trim(), city: words.city.trim(), zh: name(words.zh), en: name(words.en) }, {
      onSuccess: () => { done(t.saved); setWords(EMPTY) },
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          <TextInput label={t.country} {...field('country')} required />
          <TextInput label={t.state} {...field('state')} placeholder="CA" />
          <TextInput label={t.city} {...field('city')} placeholder="Los Angeles" />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput label={t.zh} description={t.how} {...field('zh')} lang="zh" />
          <TextInput label={t.en} description={t.how} {...field('en')} lang="en" />
        </SimpleGrid>
        {save.error && <FieldFault error={save.error} />}
        <Group justify="flex-end"><Button type="submit" loading={save.isPending}>{t.save}</Button></Group>
      </Stack>
    </form>
  )
}
