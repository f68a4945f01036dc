// Real names that wait for a decision: what was submitted, and yes or no with a reason that the customer reads.

import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCheck, IconId, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { when } from '../../lib/format'
import { texts } from '../../lib/lang'
import { Empty, Loaded, Panel, Screen } from '../../lib/ui'
import { LOOK, type Listed, door, useAsk } from '../api'
import { Ask, Country, Facts, type Question } from '../kit'

const t = texts({
  title: ['实名审核', 'Real names'],
  about: ['客户提交的实名资料，最早的在前。', 'What customers submitted, the oldest first.'],
  none: ['没有待审核的资料', 'Nothing waits'],
  noneHow: ['客户提交实名后会出现在这里。', 'Submissions of customers appear here.'],
  name: ['姓名或公司', 'Name or company'],
  country: ['国家/地区', 'Country'],
  document: ['证件', 'Document'],
  number: ['证件号码', 'Number'],
  at: ['提交时间', 'Submitted'],
  id_card: ['身份证', 'Identity card'],
  passport: ['护照', 'Passport'],
  company: ['营业执照', 'Company register'],
  pass: ['通过', 'Pass'],
  refuse: ['拒绝', 'Refuse'],
  refuseHow: ['客户会在邮件中看到原因。', 'The customer reads the reason in a mail.'],
  passed: ['已通过，客户将收到邮件', 'Passed; the customer gets a mail'],
  refused: ['已拒绝，客户将收到邮件', 'Refused; the customer gets a mail'],
})

interface Waiting { customer: number; email: string; name: string; country: string; document_type: 'id_card' | 'passport' | 'company'; document_number: string; submitted_at: string; version: number }

export function RealNames() {
  const [question, setQuestion] = useState<Question>()
  const waiting = useAsk<Listed<Waiting>>('customer/waiting', {}, LOOK)
  const client = useQueryClient()
  const decide = async (path: string, input: object) => {
    try {
      await door('POST', path, input)
    } finally {
      // Where the customer submitted again meanwhile, that is what stands behind the question now.
      await client.invalidateQueries({ queryKey: ['control'] })
    }
  }
  return (
    <Screen title={t.title} about={t.about}>
      <Loaded from={waiting}>
        {({ list }) => (list.length === 0 ? <Panel><Empty icon={IconId} title={t.none}>{t.noneHow}</Empty></Panel> : (
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
            {list.map((one) => (
              <Panel key={one.customer} title={one.email}>
                <Stack>
                  <Facts rows={[
                    [t.name, <Text key="n" fw={600} fz="sm" span>{one.name}</Text>],
                    [t.country, <Country key="c" code={one.country} />],
                    [t.document, t[one.document_type]],
                    [t.number, <span key="d" className="mono">{one.document_number}</span>],
                    [t.at, when(one.submitted_at)],
                  ]} />
                  <Group grow>
                    <Button variant="light" color="red" leftSection={<IconX size={16} />} onClick={() => setQuestion({ title: t.refuse, text: t.refuseHow, yes: t.refuse, danger: true, reason: 'needed', told: t.refused, run: (reason) => decide('customer/refuse', { email: String(one.customer), seen: one.version, reason }) })}>{t.refuse}</Button>
                    <Button leftSection={<IconCheck size={16} />} onClick={() => setQuestion({ title: t.pass, text: `${one.name} · ${one.email}`, yes: t.pass, reason: 'welcome', told: t.passed, run: (reason) => decide('customer/verify', { email: String(one.customer), seen: one.version, reason }) })}>{t.pass}</Button>
                  </Group>
                </Stack>
              </Panel>
            ))}
          </SimpleGrid>
        ))}
      </Loaded>
      <Ask question={question} close={() => setQuestion(undefined)} />
    </Screen>
  )
}
