// How the process was set up: every setting, its value and where that was said. To read, not to change.

import { Text, TextInput } from '@mantine/core'
import { IconSearch, IconSettings } from '@tabler/icons-react'
import { useState } from 'react'
import { Typed } from '../../lib/bits'
import { texts } from '../../lib/lang'
import { Panel, Screen } from '../../lib/ui'
import { type Listed, useAsk } from '../api'
import { Grid, Mark } from '../kit'
import { helpOf } from './help'

const t = texts({
  title: ['设置', 'Settings'],
  about: ['由命令行参数、环境变量或配置文件设定；修改后请重启或发送 SIGHUP。密钥不显示。', 'Said by flags, the environment or the settings file; after a change restart the process, or send SIGHUP. Secrets are not shown.'],
  name: ['设置项', 'Setting'],
  value: ['值', 'Value'],
  origin: ['来源', 'Said by'],
  find: ['搜索设置', 'Find a setting'],
  unset: ['未设置', 'Not set'],
  none: ['没有符合的设置', 'No setting fits'],
  usual: ['默认', 'default'],
})

interface Setting { name: string; value: string | null; origin: string; help: string }

export function Settings() {
  const [search, setSearch] = useState('')
  const settings = useAsk<Listed<Setting>>('setting/list')
  const list = settings.data?.list.filter((one) => `${one.name} ${helpOf(one.name, one.help)}`.toLowerCase().includes(search.toLowerCase()))
  return (
    <Screen title={t.title} about={t.about}>
      <Panel pad={false}>
        <TextInput m="md" aria-label={t.find} placeholder={t.find} value={search} onChange={(e) => setSearch(e.currentTarget.value)} leftSection={<IconSearch size={16} aria-hidden />} maw={320} />
        <Grid
          label={t.title} from={{ ...settings, data: list && { list, total: list.length } }} keyOf={(row) => row.name} empty={{ icon: IconSettings, title: t.none }}
          columns={[
            { head: t.name, cell: (row) => <><Text fz="sm" className="mono" fw={550}>{row.name}</Text><Text fz="xs" c="dimmed" maw={520} style={{ whiteSpace: 'normal' }} miw={200}>{helpOf(row.name, row.help)}</Text></> },
            { head: t.value, cell: (row) => (row.value === null || row.value === '' ? <Text fz="sm" c="dimmed">{t.unset}</Text> : <span className="mono"><Typed>{row.value}</Typed></span>) },
            { head: t.origin, cell: (row) => <Mark tone={row.origin === 'default' || row.origin === 'unset' ? 'plain' : 'brand'}>{row.origin === 'default' ? t.usual : row.origin === 'unset' ? t.unset : row.origin}</Mark> },
          ]}
        />
      </Panel>
    </Screen>
  )
}
