// The operators' screens, under /control. All of it is loaded when an operator comes.

import { type AnyRoute, createRoute } from '@tanstack/react-router'
import { LostInRoom } from '../shell/frames'
import { type Load, screenOf } from '../shell/screen'

export function controlRoutes(root: AnyRoute) {
  const all = createRoute({ getParentRoute: () => root, id: 'control' })
  const login = createRoute({ getParentRoute: () => all, path: '/control/login', component: screenOf(() => import('./Login'), 'Login') })
  const frame = createRoute({ getParentRoute: () => all, id: 'room', component: screenOf(() => import('./Frame'), 'Frame') })
  const home = createRoute({ getParentRoute: () => frame, path: '/control', component: screenOf(() => import('./Home'), 'Home') })
  const screen = (path: string, load: Load, name: string) =>
    createRoute({ getParentRoute: () => frame, path: `/control/${path}`, component: screenOf(load, name) })
  return all.addChildren([
    login,
    frame.addChildren([
      home,
      screen('customers', () => import('./customers/Customers'), 'Customers'),
      screen('customers/$id', () => import('./customers/Customer'), 'Customer'),
      screen('real-names', () => import('./customers/RealNames'), 'RealNames'),
      screen('exits', () => import('./exits/Exits'), 'Exits'),
      screen('statics', () => import('./statics/Statics'), 'Statics'),
      screen('rules', () => import('./exits/Rules'), 'Rules'),
      screen('catalogue', () => import('./catalogue/Catalogue'), 'Catalogue'),
      screen('catalogue/$code', () => import('./catalogue/Product'), 'Product'),
      screen('orders', () => import('./orders/Orders'), 'Orders'),
      screen('payments', () => import('./orders/Payments'), 'Payments'),
      screen('coupons', () => import('./coupons/Coupons'), 'Coupons'),
      screen('ledger', () => import('./ledger/Ledger'), 'Ledger'),
      screen('articles', () => import('./articles/Articles'), 'Articles'),
      screen('articles/$slug', () => import('./articles/Editor'), 'Editor'),
      screen('sites', () => import('./sites/Sites'), 'Sites'),
      screen('jobs', () => import('./system/Jobs'), 'Jobs'),
      screen('audit', () => import('./system/Audit'), 'Audit'),
      screen('operators', () => import('./system/Operators'), 'Operators'),
      screen('settings', () => import('./system/Settings'), 'Settings'),
      // A splat alone would take the dashboard's own address, too.
      createRoute({ getParentRoute: () => frame, path: '/control/$lost', component: LostInRoom }),
      createRoute({ getParentRoute: () => frame, path: '/control/$lost/$', component: LostInRoom }),
    ]),
  ])
}
