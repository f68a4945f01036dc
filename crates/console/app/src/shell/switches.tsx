// Language and light or dark.

import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconLanguage, IconMoon, IconSun } from '@tabler/icons-react'
import { lang, setLang, texts } from '../lib/lang'
import { useLeaving } from '../lib/unsaved'

const t = texts({
  other: ['English', '中文'],
  scheme: ['切换深浅主题', 'Switch between light and dark'],
})

export function LangSwitch() {
  const next = lang() === 'zh' ? 'en' : 'zh'
  // Everything is drawn anew in the other language.
  const { dialog, leaving } = useLeaving()
  const turn = () => leaving(() => setLang(next))
  return (
    <>
      {dialog}
      <Button variant="subtle" color="gray" size="compact-sm" c="dimmed" leftSection={<IconLanguage size={16} />} lang={next} onClick={turn} visibleFrom="sm">
        {t.other}
      </Button>
      <ActionIcon variant="subtle" color="gray" lang={next} aria-label={t.other} onClick={turn} hiddenFrom="sm"><IconLanguage size={18} /></ActionIcon>
    </>
  )
}

export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  return (
    <Tooltip label={t.scheme}>
      <ActionIcon variant="subtle" color="gray" aria-label={t.scheme} onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>
        {scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  )
}
