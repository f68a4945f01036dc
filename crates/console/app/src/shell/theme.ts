// Colours and shapes. A brand names one colour; its ten shades are mixed from it.

import { type CSSVariablesResolver, type MantineColorsTuple, createTheme, defaultCssVariablesResolver } from '@mantine/core'
import { texts } from '../lib/lang'

// What the library would say in English alone.
const t = texts({ toggle: ['显示或隐藏', 'Show or hide'], close: ['关闭', 'Close'], digit: ['验证码', 'Digit'] })

const OWN = '#17705c'

function mix(hex: string, other: number, share: number): string {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16)
    return Math.round(value + (other - value) * share).toString(16).padStart(2, '0')
  }
  return `#${part(1)}${part(3)}${part(5)}`
}

/** Ten shades, lightest first; the seventh is the colour itself. */
export function shades(hex: string): MantineColorsTuple {
  const light = [0.93, 0.84, 0.7, 0.54, 0.36, 0.18].map((share) => mix(hex, 255, share))
  const dark = [0.12, 0.26, 0.4].map((share) => mix(hex, 0, share))
  return [...light, hex, ...dark] as unknown as MantineColorsTuple
}

/** Relative luminance (WCAG 2.2) decides whether white can be read on it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

/** The colour, darkened until white text on it has a contrast of 4.5. */
export function readable(hex: string): string {
  let colour = hex
  for (let i = 0; i < 20 && 1.05 / (luminance(colour) + 0.05) < 4.6; i += 1) colour = mix(colour, 0, 0.08)
  return colour
}

/** What cards are drawn on in the dark theme. */
const NIGHT = '#171c21'

/** The colour, lightened until it stands out from a dark card; white text on it stays readable. */
export function visible(hex: string): string {
  let colour = hex
  for (let i = 0; i < 40 && (luminance(colour) + 0.05) / (luminance(NIGHT) + 0.05) < 2.8; i += 1) colour = mix(colour, 255, 0.04)
  return colour
}

const baseOf = (colour: string) => readable(/^#[0-9a-fA-F]{6}$/.test(colour) ? colour : OWN)

/** In the dark theme the shades are those of the lightened colour. */
export function variablesOf(colour: string): CSSVariablesResolver {
  const base = baseOf(colour)
  const night = visible(base)
  return (theme) => {
    const usual = defaultCssVariablesResolver(theme)
    if (night === base) return usual
    const other = defaultCssVariablesResolver({ ...theme, colors: { ...theme.colors, brand: shades(night) } })
    const brand = Object.entries(other.variables).filter(([name]) => name.startsWith('--mantine-color-brand-'))
    return { ...usual, dark: { ...other.dark, ...Object.fromEntries(brand) } }
  }
}

export function themeOf(colour: string) {
  const base = baseOf(colour)
  return createTheme({
    primaryColor: 'brand',
    primaryShade: { light: 6, dark: 6 },
    colors: {
      brand: shades(base),
      dark: ['#e6e9ec', '#b9c0c7', '#a2abb4', '#5b6670', '#3a434c', '#2c343b', '#20272d', NIGHT, '#11161a', '#0b0e11'],
    },
    defaultRadius: 'md',
    cursorType: 'pointer',
    fontFamily: '"Inter", "Segoe UI", system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
    headings: { fontWeight: '650' },
    components: {
      PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': t.toggle } } },
      Drawer: { defaultProps: { closeButtonProps: { 'aria-label': t.close } } },
      Modal: { defaultProps: { closeButtonProps: { 'aria-label': t.close } } },
      Notification: { defaultProps: { closeButtonProps: { 'aria-label': t.close } } },
      // The list itself scrolls, which the keys of its field do; a region around it would have to be reached by keys.
      Select: { defaultProps: { withScrollArea: false } },
      MultiSelect: { defaultProps: { withScrollArea: false } },
      Autocomplete: { defaultProps: { withScrollArea: false } },
      TagsInput: { defaultProps: { withScrollArea: false } },
      PinInput: { defaultProps: { getInputProps: (i: number) => ({ 'aria-label': `${t.digit} ${i + 1}` }) } },
    },
  })
}
