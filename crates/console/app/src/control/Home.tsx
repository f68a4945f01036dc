// What an operator sees first.

import { texts } from '../lib/lang'
import { Screen } from '../lib/ui'

const t = texts({ title: ['控制室', 'Control room'], about: ['运营者登录后在此管理安装。', 'Operators run the installation from here.'] })

export function Home() {
  return <Screen title={t.title} about={t.about}>{null}</Screen>
}
