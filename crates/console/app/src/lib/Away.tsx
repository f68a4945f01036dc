// Told above every screen while the server can't be reached: figures stay, and say of when they are.

import { Group, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { moment } from './format'
import { say, texts } from './lang'

const t = texts({
  lost: ['自 {at} 起与服务器的连接中断，正在重新连接；页面上的数据为当时的数据。', 'The server cannot be reached since {at}; connecting again. What you see is of that time.'],
})

/** `since` is when the connection broke, in ms; nothing while it stands. */
export function Away({ since }: { since: number | undefined }) {
  return (
    <div role="status">
      {since !== undefined && (
        <Group gap={8} wrap="nowrap" px="md" py={8} mb="md" style={{ borderRadius: 12, background: 'light-dark(#fff1e0, #3b2a14)', color: 'light-dark(#8f4700, #ffc078)' }}>
          <IconPlugConnectedX size={18} aria-hidden style={{ flex: 'none' }} /><Text fz="sm">{say(t.lost, { at: moment(since) })}</Text>
        </Group>
      )}
    </div>
  )
}
