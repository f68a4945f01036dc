// Whom to ask: the brand's contact, as a link where it is a mail address or a page.

import { Anchor, Text } from '@mantine/core'
import { texts } from '../lib/lang'
import { useSite } from './site'

const t = texts({ ask: ['联系客服：', 'Support: '] })

/** Nothing where the brand names no contact. */
export function Support({ fz = 'sm', bare = false }: { fz?: string; bare?: boolean }) {
  const { support } = useSite()
  if (!support) return null
  const to = /^https?:\/\//.test(support) ? support : support.includes('@') ? `mailto:${support}` : undefined
  return (
    <Text fz={fz} component="span">
      {!bare && t.ask}
      {to ? <Anchor fz={fz} href={to} underline="always" target={to.startsWith('http') ? '_blank' : undefined} rel="noreferrer">{support}</Anchor> : support}
    </Text>
  )
}
