// What the control room asks for is there: each command in the server's dispatch, each setting in both languages.

// @vitest-environment node
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const all = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? all(path) : [path]
  })
const text = (path: string) => readFileSync(path, 'utf8')
const sources = all('src/control').filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts')).map(text)

it('asks only for commands that the server has', () => {
  const known = new Set([...text('../../control/src/operator/mod.rs').matchAll(/"([a-z-]+\/[a-z-]+)" =>/g)].map((m) => m[1]))
  const asked = sources.flatMap((source) => [...source.matchAll(/(?:useAsk(?:<[^(]*>)?\(|useTell(?:<[^(]*>)?\(|door(?:<[^(]*>)?\('POST', |run\(|decide\(|command=)["']([a-z-]+\/[a-z-]+)["']/g)].map((m) => m[1]!))
  expect(asked.length).toBeGreaterThan(40)
  expect(asked.filter((command) => !known.has(command))).toEqual([])
})

it('tells of every setting in both languages', () => {
  const names = [...text('../../turnpike/src/settings/spec.rs').matchAll(/(?:plain|secret)\(\s*"([a-z-]+)"/g)].map((m) => m[1]!.replaceAll('-', '_'))
  const told = text('src/control/system/help.ts')
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter((name) => !told.includes(`  ${name}: [`))).toEqual([])
})

it('names customers by id, since sites share addresses', () => {
  for (const source of sources) {
    expect(source).not.toMatch(/(?:door|run|decide|mutate)\([^\n]*email: (?:customer|one)\.email/)
    expect(source).not.toMatch(/(?:email|customer)=\{customer\.email\}|customer: customer\.email/)
  }
})

it('tells of every job in words', () => {
  const kinds = [
    ...text('../../control/src/jobs.rs').matchAll(/\("([a-z_]+)", [\d_]+\)/g),
    ...text('../../commerce/src/payments/jobs.rs').matchAll(/const [A-Z]+: &str = "([a-z_]+)"/g),
  ].map((m) => m[1]!)
  const told = text('src/control/system/Jobs.tsx')
  expect(kinds.length).toBeGreaterThan(10)
  expect(kinds.filter((kind) => !told.includes(`${kind}: '`))).toEqual([])
})
