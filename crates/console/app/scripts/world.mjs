// Makes src/control/exits/world.json anew: the outline of each country by ISO code, and a point in it for its mark.
// In a folder with npm packages world-atlas@2, topojson-client@3 and i18n-iso-countries@7: node world.mjs TARGET
// The shapes are Natural Earth's (public domain), 1:110,000,000.

import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const require = createRequire(join(process.cwd(), 'x.js'))
const { feature } = require('topojson-client')
const iso = require('i18n-iso-countries')
const world = require('world-atlas/countries-110m.json')
const fine = require('world-atlas/countries-50m.json')

const WIDTH = 1000
const TOP = 83
const BOTTOM = -56
const SCALE = WIDTH / 360

// Equal Earth would be truer; plate carrée stretched by latitude keeps the arithmetic of marks in one line.
const x = (lon) => (lon + 180) * SCALE
const y = (lat) => (TOP - Math.max(BOTTOM, Math.min(TOP, lat))) * SCALE * 1.12
const round = (n) => Math.round(n * 2) / 2

/** A ring that crosses the date line is drawn in pieces. */
function ringPath(ring) {
  let path = ''
  let before
  let at = ''
  for (const [lon, lat] of ring) {
    const point = `${round(x(lon))} ${round(y(lat))}`
    if (before === undefined || Math.abs(lon - before) > 180) path += `M${point}`
    else if (point !== at) path += `L${point}`
    before = lon
    at = point
  }
  return path.length > 24 ? `${path}Z` : ''
}

const signed = (ring) => ring.reduce((sum, [ax, ay], i) => {
  const [bx, by] = ring[(i + 1) % ring.length]
  return sum + ax * by - bx * ay
}, 0) / 2
const area = (ring) => Math.abs(signed(ring))

/** The centre of mass of what a ring encloses. */
function centre(ring) {
  let [sx, sy] = [0, 0]
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length]
    const cross = ax * by - bx * ay
    sx += (ax + bx) * cross
    sy += (ay + by) * cross
  })
  const six = 6 * signed(ring)
  return [round(x(sx / six)), round(y(sy / six))]
}

const polygons = (shape) => (shape.type === 'Polygon' ? [shape.coordinates] : shape.type === 'MultiPolygon' ? shape.coordinates : [])
const codeOf = (f) => iso.numericToAlpha2(String(f.id).padStart(3, '0')) ?? (f.properties.name === 'Kosovo' ? 'XK' : undefined)

const shapes = {}
const rest = []
for (const f of feature(world, world.objects.countries).features) {
  const parts = polygons(f.geometry)
  const path = parts.map((part) => ringPath(part[0])).join('')
  const code = codeOf(f)
  if (f.properties.name === 'Antarctica' || !path) continue
  if (code) shapes[code] = path
  else rest.push(path)
}
const marks = {}
const sizes = {}
for (const f of feature(fine, fine.objects.countries).features) {
  const code = codeOf(f)
  const largest = polygons(f.geometry).map((part) => part[0]).sort((a, b) => area(b) - area(a))[0]
  // Islands far away share their country's code: the largest land has the mark.
  if (!code || !largest || code === 'AQ' || area(largest) < (sizes[code] ?? 0)) continue
  sizes[code] = area(largest)
  marks[code] = centre(largest)
}
// Centres of mass that fall where nobody looks for the country, or on a neighbour.
const put = (lon, lat) => [round(x(lon)), round(y(lat))]
Object.assign(marks, { CA: put(-106, 57), RU: put(96, 61), NO: put(9, 61.5), FR: put(2.5, 46.6), SG: put(103.8, 1.35), HK: put(114.2, 22.3) })
writeFileSync(process.argv[2], JSON.stringify({ width: WIDTH, height: round(y(BOTTOM)), rest: rest.join(''), shapes, marks }))
