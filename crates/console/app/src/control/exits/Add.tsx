// A form for one exit, and a file for many rows of something.

import { Button, FileButton, Group, MultiSelect, Select, SimpleGrid, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { IconFileText } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { FormModal } from '../../lib/forms'
import { texts } from '../../lib/lang'
import { done } from '../../lib/ui'
import { useTell } from '../api'
import { FieldFault } from '../kit'
import { poolOptions } from './pools'

const t = texts({
  title: ['添加出口', 'Add an exit'],
  target: ['如何到达', 'How it is reached'],
  targetHow: ['IP、网段 10.0.0.0/24、interface:网卡，或上游 http://用户:密码@主机:端口、socks5://主机:端口', 'An address, a block like 10.0.0.0/24, interface:NAME, or a parent: http://user:password@host:port, socks5://host:port'],
  pools: ['资源池', 'Pools'],
  country: ['国家/地区', 'Country'],
  countryHow: ['代码或名称', 'Code or name'],
  state: ['州/省', 'State'],
  city: ['城市', 'City'],
  asn: ['自治系统号', 'AS number'],
  resolve: ['域名解析', 'Names are resolved by'],
  atExit: ['上游', 'The parent'],
  atGateway: ['网关', 'The gateway'],
  add: ['添加', 'Add'],
  added: ['出口已添加，数秒后开始服务', 'The exit is added and serves within seconds'],
  choose: ['选择文件', 'Choose a file'],
  content: ['内容', 'Content'],
  go: ['导入', 'Import'],
  sample: ['示例', 'An example'],
})

export function AddExit({ opened, close }: { opened: boolean; close: () => void }) {
  const [target, setTarget] = useState('')
  const [pools, setPools] = useState<string[]>(['residential'])
  const [place, setPlace] = useState({ country: '', state: '', city: '', asn: '' })
  const [resolve, setResolve] = useState('exit')
  const add = useTell('exit/add', ['exit', 'overview'])
  const field = (name: keyof typeof place) => ({ value: place[name], onChange: (e: { currentTarget: { value: string } }) => { const { value } = e.currentTarget; setPlace((old) => ({ ...old, [name]: value })) } })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { country, state, city, asn } = place
    add.mutate({ target: target.trim(), pools, country: country.trim(), state: state.trim(), city: city.trim(), asn: asn ? Number(asn.replace(/^as/i, '')) : undefined, resolve }, {
      onSuccess: () => {
        done(t.added)
        setTarget('')
        close()
      },
    })
  }
  return (
    <FormModal opened={opened} onClose={close} title={t.title} radius="lg" size="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={t.target} description={t.targetHow} value={target} onChange={(e) => setTarget(e.currentTarget.value)} required data-autofocus error={add.error?.fields.target} />
          <MultiSelect label={t.pools} value={pools} onChange={setPools} data={poolOptions()} required error={add.error?.fields.pools} />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput label={t.country} placeholder={t.countryHow} {...field('country')} required error={add.error?.fields.country} />
            <TextInput label={t.state} {...field('state')} error={add.error?.fields.state} />
            <TextInput label={t.city} {...field('city')} error={add.error?.fields.city} />
            <TextInput label={t.asn} {...field('asn')} placeholder="AS64500" inputMode="numeric" error={add.error?.fields.asn} />
          </SimpleGrid>
          {target.includes('://') && <Select label={t.resolve} value={resolve} onChange={(v) => setResolve(v ?? 'exit')} data={[{ value: 'exit', label: t.atExit }, { value: 'gateway', label: t.atGateway }]} allowDeselect={false} />}
          {add.error && <FieldFault error={add.error} shown={['target', 'pools', 'country', 'state', 'city', 'asn']} />}
          <Group justify="flex-end"><Button type="submit" loading={add.isPending}>{t.add}</Button></Group>
        </Stack>
      </form>
    </FormModal>
  )
}

/** A file is chosen or pasted, looked over, and sent; the server names the line that is wrong. */
export function ImportFile({ opened, close, title, about, command, extra, changes, told, sample }: {
  opened: boolean
  close: () => void
  title: string
  about: string
  command: string
  extra?: object
  changes: string[]
  told: string
  sample?: string
}) {
  const [file, setFile] = useState('')
  const load = useTell(command, changes)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    load.mutate({ file, ...extra }, {
      onSuccess: () => {
        done(told)
        setFile('')
        close()
      },
    })
  }
  return (
    <FormModal opened={opened} onClose={close} title={title} radius="lg" size="xl" centered>
      <form onSubmit={submit}>
        <Stack>
          <Text fz="sm" c="dimmed">{about}</Text>
          <Group>
            <FileButton onChange={(chosen) => void chosen?.text().then(setFile)} accept="text/*,.csv,.toml,.json">{(props) => <Button variant="default" leftSection={<IconFileText size={16} />} {...props}>{t.choose}</Button>}</FileButton>
            {sample && <Button variant="subtle" onClick={() => setFile(sample)}>{t.sample}</Button>}
          </Group>
          <Textarea aria-label={t.content} value={file} onChange={(e) => setFile(e.currentTarget.value)} autosize minRows={8} maxRows={18} required styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }} />
          {load.error && <FieldFault error={load.error} />}
          <Group justify="flex-end"><Button type="submit" loading={load.isPending} disabled={!file.trim()}>{t.go}</Button></Group>
        </Stack>
      </form>
    </FormModal>
  )
}
