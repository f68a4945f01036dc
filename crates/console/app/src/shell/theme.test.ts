// A brand's colour can be read and seen, whatever it is.

// @vitest-environment node
import '../lib/testing'
import { expect, it } from 'vitest'
import { readable, visible } from './theme'

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
const contrast = (a: string, b: string) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light! + 0.05) / (dark! + 0.05)
}

it('keeps white text readable, and stands out from dark cards', () => {
  for (const colour of ['#000000', '#00001a', '#17705c', '#0b3d2e', '#8a2be2', '#ffff00', '#ffffff', '#ff0000']) {
    const base = readable(colour)
    const night = visible(base)
    expect([colour, contrast(base, '#ffffff') >= 4.5, contrast(night, '#ffffff') >= 4.5, contrast(night, '#171c21') >= 2.75]).toEqual([colour, true, true, true])
  }
})

it('leaves a colour that can be seen as it is', () => expect(visible('#17705c')).toBe('#17705c'))
