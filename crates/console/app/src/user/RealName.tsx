// Real-name verification: submit, and see how far it is.

import { Alert, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { CountrySelect } from '../lib/CountrySelect'
import { when } from '../lib/format'
import { lang, texts } from '../lib/lang'
import { Failed, Loaded, Panel, done } from '../lib/ui'

const t = texts({
  title: ['实名认证', 'Real-name verification'],
  demanded: ['本站要求完成实名认证后才能创建代理账号和提取 IP。', 'This site demands it before proxy accounts are made and endpoints are extracted.'],
  optional: ['本站不强制要求。', 'This site does not demand it.'],
  pending: ['已提交，等待运营者审核', 'Submitted; the operator decides'],
  passed: ['已通过实名认证', 'You are verified'],
  refused: ['未通过，请修改后重新提交', 'Refused; correct it and submit again'],
  name: ['真实姓名或公司名称', 'Name of the person or company'],
  kind: ['证件类型', 'Document'],
  id_card: ['身份证', 'Identity card'],
  passport: ['护照', 'Passport'],
  company: ['营业执照', 'Company registration'],
  number: ['证件号码', 'Its number'],
  go: ['提交', 'Submit'],
  sent: ['已提交', 'Submitted'],
})

export function RealName() {
  const read = useRead('user/real-name')
  return (
    <Panel title={t.title}>
      <Loaded from={read}>
        {(data) => (
          <Stack maw={480}>
            <Text fz="sm" c="dimmed">{data.demanded ? t.demanded : t.optional}</Text>
            {data.status === 'passed' && <Alert color="green" title={t.passed}>{data.name}</Alert>}
            {data.status === 'pending' && <Alert color="blue" title={t.pending}><Text fz="sm">{data.name} · {when(data.submitted_at)}</Text></Alert>}
            {data.status === 'refused' && <Alert color="red" title={t.refused}><Text fz="sm">{data.reason}</Text></Alert>}
            {(data.status === 'none' || data.status === 'refused') && <Form />}
          </Stack>
        )}
      </Loaded>
    </Panel>
  )
}

function Form() {
  const submit = useWrite('user/submit-real-name', ['user/real-name', 'user/info'])
  const [name, setName] = useState('')
  const [country, setCountry] = useState<string | null>(lang() === 'zh' ? 'CN' : null)
  const [document_type, setKind] = useState<'id_card' | 'passport' | 'company'>('id_card')
  const [document_number, setNumber] = useState('')
  const fields = submit.error?.fields ?? {}
  return (
    <>
      <TextInput label={t.name} required value={name} onChange={(e) => setName(e.currentTarget.value)} error={fields.name} />
      <SimpleGrid cols={2} spacing="sm">
        <CountrySelect required value={country} set={setCountry} error={fields.country} />
        <Select label={t.kind} allowDeselect={false} value={document_type} onChange={(next) => setKind(next as 'passport')} data={(['id_card', 'passport', 'company'] as const).map((value) => ({ value, label: t[value] }))} />
      </SimpleGrid>
      <TextInput label={t.number} required value={document_number} onChange={(e) => setNumber(e.currentTarget.value)} error={fields.document_number} autoComplete="off" />
      {submit.error && Object.keys(fields).length === 0 && <Failed error={submit.error} />}
      <Group><Button loading={submit.isPending} disabled={!name.trim() || !country || !document_number.trim()} onClick={() => submit.mutate({ name, country: country ?? '', document_type, document_number }, { onSuccess: () => done(t.sent) })}>{t.go}</Button></Group>
    </>
  )
}
