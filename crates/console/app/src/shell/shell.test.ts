// What holds for all screens: addresses, texts, sources.

// @vitest-environment node
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const all = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? all(path) : [path]
  })
const sources = all('src').filter((path) => /\.tsx?$/.test(path) && !/\.test\.ts$|schema\.d\.ts$/.test(path))
const text = (path: string) => readFileSync(path, 'utf8')

const CJK = /[\u4e00-\u9fff]/

describe('texts', () => {
  // A pair is `name: ['中文', 'English']` within texts({...}).
  const pairs = sources.flatMap((path) =>
    [...text(path).matchAll(/texts\(\{([\s\S]*?)\}\)$/gm)].flatMap((block) =>
      [...block[1]!.matchAll(/(\w+): \[\s*(['"`])((?:(?!\2)[^\\]|\\.)*)\2,\s*(['"`])((?:(?!\4)[^\\]|\\.)*)\4,?\s*\]/g)].map((m) => ({ path, key: m[1]!, zh: m[3]!, en: m[5]! })),
    ),
  )

  it('are there', () => expect(pairs.length).toBeGreaterThan(20))

  it('have a Chinese and an English half', () => {
    const languages = new Set(['other'])
    const bad = pairs.filter(({ key, zh, en }) => !zh.trim() || !en.trim() || (CJK.test(en) && !languages.has(key)))
    expect(bad).toEqual([])
  })

  it('name the same values in both', () => {
    const names = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join()
    expect(pairs.filter(({ zh, en }) => names(zh) !== names(en))).toEqual([])
  })

  it('stand in texts(...) alone', () => {
    const loose = sources.filter((path) => {
      const rest = text(path).replace(/texts\(\{[\s\S]*?\}\)$/gm, '').replace(/^\s*(\/\/|\/?\*).*$/gm, '')
      return CJK.test(rest)
    })
    expect(loose).toEqual([])
  })
})

describe('addresses', () => {
  it('are the ones that the server answers', () => {
    const routed = sources
      .filter((path) => /router\.tsx$|routes\.tsx$/.test(path))
      .flatMap((path) => {
        const base = path.includes('control') ? '/control' : ''
        return [...text(path).matchAll(/(?:open|own|screen)\(\s*'([^']+)'|path: '([^']+)'/g)].map((m) => {
          const found = (m[1] ?? m[2])!
          const whole = found.startsWith('/control') ? found : base + (found.startsWith('/') ? found : `/${found}`)
          return whole.length > 1 ? whole.replace(/\/$/, '') : whole
        })
          // Whatever else there is no screen for.
          .filter((path) => !path.includes('/$lost'))
      })
    const listed = JSON.parse(text('screens.json')) as string[]
    expect([...new Set(routed)].sort()).toEqual([...listed].sort())
  })
})

describe('sources', () => {
  it('say what they are for and stay small', () => {
    const bad = sources.filter((path) => !/^\/[/*]/.test(text(path)) || text(path).split('\n').length > 400)
    expect(bad).toEqual([])
  })

  it('keep no login where scripts can read it', () => {
    const keeps = sources.filter((path) => /localStorage|sessionStorage|document\.cookie/.test(text(path)))
    expect(keeps).toEqual(['src/lib/lang.ts', 'src/lib/testing.ts'])
  })

  it('put no text of others into the page as markup', () => {
    expect(sources.filter((path) => /dangerouslySetInnerHTML|innerHTML/.test(text(path)))).toEqual([])
  })
})
