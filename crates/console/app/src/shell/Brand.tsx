// The brand's logo and name; without a logo its first letter.

import { Group, Text, ThemeIcon } from '@mantine/core'
import { useSite } from './site'

export function Brand({ size = 'md' }: { size?: 'md' | 'lg' }) {
  const site = useSite()
  const px = size === 'lg' ? 40 : 30
  return (
    <Group gap="xs" wrap="nowrap" miw={0} maw="100%">
      {site.logo ? (
        <img src={site.logo} alt="" height={px} />
      ) : (
        <ThemeIcon size={px} radius="md" aria-hidden style={{ flexShrink: 0 }}><Text fw={800} fz={px * 0.5} c="white" span>{site.name.slice(0, 1).toUpperCase()}</Text></ThemeIcon>
      )}
      <Text fw={700} fz={size === 'lg' ? 22 : 17} lts="-0.02em" truncate title={site.name}>{site.name}</Text>
    </Group>
  )
}
