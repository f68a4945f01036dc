// The proof of a bank transfer: its reference, and a picture or document of it. What was sent stays on the page.

import { Alert, Button, FileInput, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCircleCheck, IconPaperclip } from '@tabler/icons-react'
import { useState } from 'react'
import type { Row } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { number, size, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Failed } from '../lib/ui'
import { KINDS, LARGEST, asText, nameOf } from './file'

const t = texts({
  reference: ['转账流水号', 'Reference of your transfer'],
  file: ['凭证文件（可选）', 'File (optional)'],
  fileHow: ['PNG、JPEG 或 PDF，最大 {n} KB', 'PNG, JPEG or PDF, at most {n} KB'],
  large: ['文件过大：最大 {n} KB', 'The file is too large: at most {n} KB'],
  clear: ['清除', 'Clear'],
  send: ['提交凭证', 'Send the proof'],
  sent: ['已提交，运营者确认后开通', 'Sent; it is granted once the operator confirms'],
  another: ['再提交一份', 'Send another one'],
})

export function Proof({ trade_no }: { trade_no: string }) {
  const sent = useRead('pay/proofs', { trade_no })
  const [more, setMore] = useState(false)
  const list = sent.data?.list ?? []
  if (!sent.data && !sent.error) return null
  return (
    <Stack gap="sm">
      {list.length > 0 && <Sent list={list} />}
      {list.length === 0 || more ? <Form trade_no={trade_no} done={() => setMore(false)} /> : <Group><Button variant="subtle" size="compact-sm" onClick={() => setMore(true)}>{t.another}</Button></Group>}
    </Stack>
  )
}

function Sent({ list }: { list: Row<'pay/proofs'>[] }) {
  return (
    <Alert color="green" icon={<IconCircleCheck size={18} />} title={t.sent} role="status">
      <Stack gap={4}>
        {list.map((one) => <Text key={one.id} fz="sm"><span className="mono">{one.reference}</span> · {[one.bytes > 0 && `${nameOf(one.kind)}, ${size(one.bytes / 1_024)}`, when(one.created_at)].filter(Boolean).join(' · ')}</Text>)}
      </Stack>
    </Alert>
  )
}

function Form({ trade_no, done }: { trade_no: string; done: () => void }) {
  const send = useWrite('pay/proof', ['order/info', 'pay/proofs'])
  const [reference, setReference] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const limit = number(LARGEST / 1_024)
  const large = file !== null && file.size > LARGEST
  const submit = async () => send.mutate({ trade_no, reference: reference.trim(), proof: file ? await asText(file) : undefined }, { onSuccess: done })
  const fields = send.error?.fields ?? {}
  return (
    <form onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <Stack gap="xs">
        <TextInput label={t.reference} maxLength={140} value={reference} onChange={(e) => setReference(e.currentTarget.value)} error={fields.reference} />
        <FileInput
          label={t.file} description={say(t.fileHow, { n: limit })} leftSection={<IconPaperclip size={16} aria-hidden />} accept={KINDS.join(',')} value={file} onChange={setFile}
          clearable clearButtonProps={{ 'aria-label': t.clear }} error={large ? say(t.large, { n: limit }) : fields.proof}
        />
        {send.error && Object.keys(fields).length === 0 && <Failed error={send.error} />}
        <Button type="submit" variant="default" loading={send.isPending} disabled={!reference.trim() || large}>{t.send}</Button>
      </Stack>
    </form>
  )
}
