// In the place of what belongs to a site, while there is none.

import { Button } from '@mantine/core'
import { IconWorld } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { texts } from '../../lib/lang'
import { Empty } from '../../lib/ui'

const t = texts({
  none: ['还没有站点', 'There is no site yet'],
  how: ['套餐、文章和账目都属于站点，请先创建一个。', 'Products, articles and accounts belong to a site: make one first.'],
  go: ['前往站点与品牌', 'To sites & brands'],
})

export function NoSite() {
  return <Empty icon={IconWorld} title={t.none} action={<Button component={Link} to={'/control/sites' as never}>{t.go}</Button>}>{t.how}</Empty>
}
