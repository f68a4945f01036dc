// The menu shows what a role may look at, as the server decides it.

// @vitest-environment node
import '../lib/testing'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Role, ROLES, may } from './api'
import { groups } from './nav'

const menu = (role: Role) => groups.flatMap((group) => group.items).filter((item) => !item.needs || may(role, item.needs)).map((item) => item.label)

it('shows real names to who looks after customers, the audit and operators to the owner', () => {
  const seeing = (label: string) => ROLES.filter((role) => menu(role).some((name) => name === label))
  expect([seeing('realNames'), seeing('audit'), seeing('operators')]).toEqual([['owner', 'support'], ['owner'], ['owner']])
  expect(seeing('ledger')).toEqual(ROLES)
})

it('knows all that is closed to readers', () => {
  const server = readFileSync('../../control/src/operator/roles.rs', 'utf8')
  const closed = [...(/const CLOSED: &\[&str\] = &\[([^\]]*)\]/.exec(server)?.[1] ?? '').matchAll(/"([a-z-]+)"/g)].map((m) => m[1])
  const needed = groups.flatMap((group) => group.items).flatMap((item) => item.needs ?? [])
  expect(closed.filter((noun) => noun !== 'mail' && !needed.some((path) => path.startsWith(`${noun}/`)))).toEqual([])
})
