// Copies a text and says so.

import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { texts } from './lang'

const t = texts({ copy: ['复制', 'Copy'], copied: ['已复制', 'Copied'] })

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const board = useClipboard({ timeout: 1600 })
  const name = board.copied ? t.copied : (label ?? t.copy)
  return (
    <Tooltip label={name} withArrow>
      <ActionIcon variant="subtle" color={board.copied ? 'green' : 'gray'} aria-label={name} onClick={() => board.copy(text)}>
        {board.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  )
}
