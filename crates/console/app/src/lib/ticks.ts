// Where the lines of an axis of sizes stand.

const STEPS = [1, 2, 5, 10] as const

/** Ticks from 0 to at least `max` KB, whole in the unit they are read in, so that no two are written alike. */
export function ticks(max: number, lines = 4): number[] {
  let unit = 1
  // A step early: 1,000 KB and more are parts of a MB.
  while (max / unit >= 1000) unit *= 1024
  const rough = Math.max(max / unit / lines, unit === 1 ? 1 : 0)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.find((n) => n * power >= rough) ?? 10) * power
  const count = Math.max(1, Math.ceil(max / unit / step))
  return Array.from({ length: count + 1 }, (_, i) => i * step * unit)
}
