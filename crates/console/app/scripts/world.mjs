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

function ringPath(ring) {
  const points = []
  for (const [lon, lat] of ring) {
    const point = `${round(x(lon))} ${round(y(lat))}`
    if (points.at(-1) !== point) points.push(point)
  }
  return points.length > 3 ? `M${points.join('L')}Z` : ''
}

const area = (ring) => Math.abs(ring.reduce((sum, [ax, ay], i) => {
  const [bx, by] = ring[(i + 1) % ring.length]
  return sum + ax * by - bx * ay
}, 0) / 2)

function centre(ring) {
  let [sx, sy, n] = [0, 0, 0]
  for (const [lon, lat] of ring) { sx += lon; sy += lat; n += 1 }
  return [round(x(sx / n)), round(y(sy / n))]
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
for (const f of feature(fine, fine.objects.countries).features) {
  const code = codeOf(f)
  const largest = polygons(f.geometry).map((part) => part[0]).sort((a, b) => area(b) - area(a))[0]
  if (code && largest && code !== 'AQ') marks[code] = centre(largest)
}
// The mean of an outline leans to ragged coasts; these are put where people look for them.
Object.assign(marks, { US: [round(x(-98)), round(y(39.5))], CA: [round(x(-106)), round(y(57))], RU: [round(x(96)), round(y(61))], NO: [round(x(9)), round(y(61.5))], FR: [round(x(2.5)), round(y(46.6))], GB: [round(x(-1.5)), round(y(52.8))], SG: [round(x(103.8)), round(y(1.35))], HK: [round(x(114.2)), round(y(22.3))] })
writeFileSync(process.argv[2], JSON.stringify({ width: WIDTH, height: round(y(BOTTOM)), rest: rest.join(''), shapes, marks }))
