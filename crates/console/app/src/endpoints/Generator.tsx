// The endpoint generator: a place, a session, a form; gives the username or the extraction link, tries it, and shows code.

import { Grid, Tabs } from '@mantine/core'
import { IconKey, IconLink } from '@tabler/icons-react'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { texts } from '../lib/lang'
import { Strip, useTab } from '../lib/tabs'
import { Panel, Screen } from '../lib/ui'
import { Extraction } from './Extraction'
import { Options } from './Options'
import { Result } from './Result'
import { type Wish, fresh } from './wish'

const t = texts({
  title: ['端点生成', 'Endpoint generator'],
  about: ['选择位置和会话，复制即可使用；测试会真实地经由代理连接一次。', 'Choose a place and a session, copy, go. The test makes one real connection through the proxy.'],
  byName: ['用户名密码', 'Username and password'],
  byLink: ['提取链接（免密）', 'Extraction link (no password)'],
  options: ['选项', 'Options'],
})

export function Generator() {
  const search = useSearch({ strict: false }) as { account?: string }
  const tab = useTab('name', 'link')
  const [wish, setWish] = useState<Wish>(() => fresh(search.account ?? null))
  return (
    <Screen title={t.title} about={t.about}>
      <Tabs {...tab} keepMounted={false}>
        <Strip mb="lg">
          <Tabs.Tab value="name" leftSection={<IconKey size={16} />}>{t.byName}</Tabs.Tab>
          <Tabs.Tab value="link" leftSection={<IconLink size={16} />}>{t.byLink}</Tabs.Tab>
        </Strip>
        <Tabs.Panel value="name">
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 5 }}><Panel title={t.options}><Options wish={wish} set={(part) => setWish((old) => ({ ...old, ...part }))} /></Panel></Grid.Col>
            <Grid.Col span={{ base: 12, md: 7 }}><Result wish={wish} /></Grid.Col>
          </Grid>
        </Tabs.Panel>
        <Tabs.Panel value="link"><Extraction /></Tabs.Panel>
      </Tabs>
    </Screen>
  )
}
