// Shown in place of every customer's screen while the installation has no site: what its owner does next.

import { Anchor, Box, Center, Code, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { texts } from '../lib/lang'
import { LangSwitch, SchemeSwitch } from './switches'

const t = texts({
  title: ['欢迎使用 Turnpike', 'Welcome to Turnpike'],
  about: ['服务已运行，但此安装还没有站点。请在服务器上完成以下步骤：', 'It runs, but this installation has no site yet. On its machine, do this:'],
  operator: ['创建一名运营人员；系统会询问密码：', 'Make an operator; the password is asked for:'],
  enter: ['登录', 'Log in to the'],
  room: ['控制室', 'control room'],
  site: ['在“站点与品牌”中创建一个站点，即客户看到的品牌，用您自己的名称和货币（CNY、USD 或 HKD）。', 'Under Sites & brands, make a site: the brand that customers see, with a name and a currency (CNY, USD or HKD) of your own.'],
  where: ['服务无需停止。如果 turnpike up 使用了其他 --data-dir、--database-url 或 --config，命令中也要使用同样的值。', 'It goes on running meanwhile. Where turnpike up has another --data-dir, a --database-url or a --config, the command takes the same.'],
})

const OPERATOR = 'turnpike admin operator create --email you@example.com --role owner --data-dir turnpike-data'

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
              <List.Item>{t.operator}<Code block mt={6} style={{ whiteSpace: 'pre-wrap' }}>{OPERATOR}</Code></List.Item>
              <List.Item>{t.enter} <Anchor href="/control" underline="always">{t.room}</Anchor></List.Item>
              <List.Item>{t.site}</List.Item>
            </List>
            <Text fz="sm" c="dimmed">{t.where}</Text>
          </Stack>
        </Paper>
      </Center>
    </Box>
  )
}
