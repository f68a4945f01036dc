// The operators' screens, under /control. All of it is loaded when an operator comes.

import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

export function controlRoutes(root: AnyRoute) {
  const frame = createRoute({ getParentRoute: () => root, path: '/control', component: lazyRouteComponent(() => import('./Frame'), 'Frame') })
  return frame.addChildren([
    createRoute({ getParentRoute: () => frame, path: '/', component: lazyRouteComponent(() => import('./Home'), 'Home') }),
  ])
}
