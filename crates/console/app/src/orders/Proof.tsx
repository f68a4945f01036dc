// The proof of a bank transfer: its reference, and a picture or document of it.

import { Button, FileInput, Stack, Text, TextInput } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useState } from 'react'
import { useWrite } from '../api/hooks'
import { number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Failed } from '../lib/ui'
import { KINDS, LARGEST, asText } from './file'

const t = texts({
  reference: ['转账流水号', 'Reference of your transfer'],
  file: ['凭证文件（可选）', 'File (optional)'],
  fileHow: ['PNG、JPEG 或 PDF，最大 {n} KB', 'PNG, JPEG or PDF, at most {n} KB'],
  large: ['文件过大：最大 {n} KB', 'The file is too large: at most {n} KB'],
  clear: ['清除', 'Clear'],
  send: ['提交凭证', 'Send the proof'],
  sent: ['已提交，运营者确认后开通', 'Sent; it is granted once the operator confirms'],
})

export function Proof({ trade_no }: { trade_no: string }) {
  const send = useWrite('pay/proof', ['order/info'])
  const [reference, setReference] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const limit = number(LARGEST / 1_024)
  const large = file !== null && file.size > LARGEST
  const submit = async () => send.mutate({ trade_no, reference: reference.trim(), proof: file ? await asText(file) : undefined })
  if (send.isSuccess) return <Text fz="sm" role="status">{t.sent}</Text>
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
