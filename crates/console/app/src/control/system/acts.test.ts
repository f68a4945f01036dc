// Everything that may stand in the audit has words in both languages, and operators can choose it.

// @vitest-environment node
import '../../lib/testing'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { setLang } from '../../lib/lang'
import { DEEDS } from '../../user/deeds'
import { COMMANDS, actOf, acts, nounOf } from './acts'
import { detailOf } from './details'
import { endOf } from './outcomes'

const CRATES = '../../'
const read = (path: string) => readFileSync(`${CRATES}${path}`, 'utf8')
const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]!)

const commands = names(read('control/src/operator/mod.rs'), /"([a-z-]+\/[a-z-]+)" =>/g)
const own = [read('control/src/operator/door.rs'), read('control/src/operator/entry.rs')].flatMap((text) => names(text, /"(operator\/[a-z-]+)"/g))
const looks = names(/const LOOKS[^;]*;/.exec(read('identity/src/audit.rs'))![0], /"([a-z-]+\/[a-z-]+)"/g)
const reads = names(/const READS[^;]*;/.exec(read('control/src/operator/roles.rs'))![0], /"([a-z-]+)"/g)
const silent = names(/const READS[^;]*;/.exec(read('identity/src/auth.rs'))![0], /"([a-z/-]+)"/g)
const api = JSON.parse(read('../docs/openapi.json')) as { paths: Record<string, object> }
const posts = Object.entries(api.paths).filter(([, path]) => 'post' in path).map(([path]) => path.split('/').slice(2).join('/'))
const written = commands.filter((command) => looks.includes(command) || !reads.includes(command.split('/')[1]!))
const kept = [...new Set([...written, ...own, ...posts.filter((path) => !silent.includes(path))])]

it('reads what the server names', () => {
  expect(commands.length).toBeGreaterThan(90)
  expect([looks.length, own.length, posts.length > 40]).toEqual([5, 4, true])
})

it('has words for every command and every deed', () => {
  for (const tongue of ['zh', 'en'] as const) {
    setLang(tongue)
    expect([...new Set([...commands, ...kept])].filter((action) => actOf(action) === undefined)).toEqual([])
    expect(tongue === 'zh' ? kept.filter((action) => !/\p{Script=Han}/u.test(nounOf(action.split('/')[0]!))) : []).toEqual([])
  }
})

it('offers all that is kept, and nothing that is not', () => {
  const offered = acts().flatMap(([, actions]) => actions)
  expect(kept.filter((action) => !offered.includes(action))).toEqual([])
  expect([...COMMANDS, ...DEEDS].filter((action) => !kept.includes(action))).toEqual([])
})

it('composes, and leaves what it does not know', () => {
  setLang('en')
  expect([actOf('exit/drain'), actOf('article/save'), actOf('customer/see-as')]).toEqual(['Drained an exit', 'Saved a help article', 'Looked at a customer’s console'])
  setLang('zh')
  expect([actOf('exit/drain'), actOf('site/change')]).toEqual(['排空出口', '修改站点'])
  expect([actOf('exit/melt'), actOf('nothing'), actOf('')]).toEqual([undefined, undefined, undefined])
})

it('says details and outcomes in words', () => {
  setLang('en')
  expect(detailOf('order/create', '{"customer":"a@b.c","product":"static","regions":"US,2","reason":null}')).toBe('customer: a@b.c · product: static · regions: United States × 2')
  expect(detailOf('operator/create', '{"email":"a@b.c","password":"***","role":"read-only"}')).toBe('email: a@b.c · password: not kept · role: Read-only')
  expect(detailOf('article/save', '{"slug":"x","seen":"***","hidden":false}')).toBe('slug: x · hidden: no')
  expect(detailOf('user/login', 'a@b.c Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36')).toBe('a@b.c · Chrome 140 · Linux')
  expect(detailOf('api-keys/add', 'login 3')).toBe('Log-in #3')
  expect(detailOf('operator/login', 'a@b.c')).toBe('a@b.c')
  expect([endOf('ok'), endOf('code_wrong'), endOf('never_heard')]).toEqual(['Done', 'Wrong code', 'Refused'])
})
