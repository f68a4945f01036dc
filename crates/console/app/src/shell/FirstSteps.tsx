// Shown in place of every customer's screen while the installation has no site: what its owner does next.

import { Anchor, Box, Center, Code, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { texts } from '../lib/lang'
import { LangSwitch, SchemeSwitch } from './switches'

const t = texts({
  title: ['欢迎使用 Turnpike', 'Welcome to Turnpike'],
  about: ['服务已运行，但此安装还没有站点。请在服务器上完成以下步骤：', 'It runs, but this installation has no site yet. On its machine, do this:'],
  stop: ['停止 turnpike up（Ctrl-C），数据目录同一时间只能由一个进程使用。', 'Stop turnpike up (Ctrl-C): a data directory is used by one process at a time.'],
  operator: ['创建一名运营人员；系统会询问密码：', 'Make an operator; the password is asked for:'],
  site: ['创建一个站点，即客户看到的品牌，用您自己的名称和货币（CNY、USD 或 HKD）：', 'Make a site, the brand that customers see, with a name and a currency (CNY, USD or HKD) of your own:'],
  start: ['再次启动 turnpike up，并登录', 'Start turnpike up again and log in to the'],
  room: ['控制室', 'control room'],
  instead: ['站点也可以在控制室的“站点与品牌”中创建。如果 turnpike up 使用了其他 --data-dir，命令中也要使用同一目录。', 'The site can be made in the control room as well, under Sites & brands. Where turnpike up has another --data-dir, the commands take the same.'],
})

const OPERATOR = 'turnpike admin operator create --email you@example.com --role owner --data-dir turnpike-data'
const SITE = 'turnpike admin site create my-brand --currency USD --lang en --data-dir turnpike-data'

export function FirstSteps() {
  return (
    <Box mih="100vh" display="flex" style={{ flexDirection: 'column' }}>
      <Group justify="flex-end" p="md" gap={4} component="header"><LangSwitch /><SchemeSwitch /></Group>
      <Center flex={1} px="md" pb={64} component="main" id="content">
        <Paper withBorder radius="lg" p={{ base: 'lg', sm: 'xl' }} shadow="sm" w="100%" maw={720}>
          <Stack>
            <Title order={1} fz={22}>{t.title}</Title>
            <Text>{t.about}</Text>
            <List type="ordered" spacing="sm" styles={{ itemWrapper: { display: 'block' } }}>
              <List.Item>{t.stop}</List.Item>
              <List.Item>{t.operator}<Code block mt={6} style={{ whiteSpace: 'pre-wrap' }}>{OPERATOR}</Code></List.Item>
              <List.Item>{t.site}<Code block mt={6} style={{ whiteSpace: 'pre-wrap' }}>{SITE}</Code></List.Item>
              <List.Item>{t.start} <Anchor href="/control" underline="always">{t.room}</Anchor></List.Item>
            </List>
            <Text fz="sm" c="dimmed">{t.instead}</Text>
          </Stack>
        </Paper>
      </Center>
    </Box>
  )
}
