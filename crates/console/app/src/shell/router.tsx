// Every screen and its address. `screens.json` names the same addresses for the server; a test holds them equal.
// Screens are loaded when they are first seen.

import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { controlRoutes } from '../control/routes'
import { Shell } from './Shell'
import { Broke, Lost, Outside, Root } from './frames'
import { type Load, screenOf } from './screen'

const root = createRootRoute({ component: Root, notFoundComponent: Lost })
/** Screens before a login. */
const outside = createRoute({ getParentRoute: () => root, id: 'outside', component: Outside })
/** Screens of a customer. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Shell })

const open = (path: string, load: Load, name: string) =>
  createRoute({ getParentRoute: () => outside, path, component: screenOf(load, name) })
const own = (path: string, load: Load, name: string) =>
  createRoute({ getParentRoute: () => inside, path, component: screenOf(load, name) })

const entrance: Load = () => import('../user/entrance')

outside.addChildren([
  open('/login', entrance, 'Login'),
  open('/register', entrance, 'Register'),
  open('/verify-email', entrance, 'VerifyEmail'),
  open('/forgot', entrance, 'Forgot'),
  open('/reset-password', entrance, 'Reset'),
])

inside.addChildren([
  own('/', () => import('../overview/Overview'), 'Overview'),
  own('/packages', () => import('../packages/Packages'), 'Packages'),
  own('/generator', () => import('../endpoints/Generator'), 'Generator'),
  own('/accounts', () => import('../accounts/Accounts'), 'Accounts'),
  own('/allowlist', () => import('../allowlist/Allowlist'), 'Allowlist'),
  own('/statics', () => import('../statics/Statics'), 'Statics'),
  own('/connections', () => import('../connections/Connections'), 'Connections'),
  own('/usage', () => import('../usage/Usage'), 'Usage'),
  own('/shop', () => import('../shop/Shop'), 'Shop'),
  own('/orders', () => import('../orders/Orders'), 'Orders'),
  own('/orders/$no', () => import('../orders/Order'), 'Order'),
  own('/invoices', () => import('../invoices/Invoices'), 'Invoices'),
  own('/keys', () => import('../keys/Keys'), 'Keys'),
  own('/help', () => import('../help/Help'), 'Help'),
  own('/settings', () => import('../user/Settings'), 'Settings'),
])

root.addChildren([outside, inside, controlRoutes(root)])

export const router = createRouter({ routeTree: root, defaultErrorComponent: Broke, defaultPreload: 'intent', scrollRestoration: true })
