// What a customer sees first.

import { texts } from '../lib/lang'
import { Screen } from '../lib/ui'

const t = texts({ title: ['概览', 'Overview'] })

export function Overview() {
  return <Screen title={t.title}>{null}</Screen>
}
