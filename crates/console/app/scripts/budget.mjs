// The first load of a customer may weigh 300 KB, gzipped: the page, its script, its styles and whatever they load at once.
// Charts and the operators' half come later and may not be part of it.

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT = 300 * 1024
const page = readFileSync('dist/index.html', 'utf8')
const wanted = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])
const seen = new Map([['index.html', gzipSync(page).length]])
while (wanted.length > 0) {
  const name = wanted.pop()
  if (seen.has(name)) continue
  const text = readFileSync(`dist/${name}`)
  seen.set(name, gzipSync(text, { level: 9 }).length)
  if (!name.endsWith('.js')) continue
  // What a module imports statically comes with it; `import()` does not.
  for (const m of text.toString().matchAll(/(?:^|[;}])\s*import\s*(?:[\w*{][^;"'()]*?from\s*)?["']\.\/([^"']+)["']/g)) wanted.push(`assets/${m[1]}`)
}
let sum = 0
for (const [name, bytes] of seen) {
  console.log(`${String(Math.round(bytes / 1024)).padStart(5)} KB  ${name}`)
  sum += bytes
}
console.log(`${String(Math.round(sum / 1024)).padStart(5)} KB  first load, of ${LIMIT / 1024}`)
if ([...seen.keys()].some((name) => /chart/i.test(name))) {
  console.error('charts are part of the first load')
  process.exit(1)
}
if (sum > LIMIT) process.exit(1)
