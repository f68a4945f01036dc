// A screen whose code is loaded when it is first seen. Code that can't be had because the server can't be reached is no
// reason to leave the app for the browser's own error page, which is what a reload would come to; code that a newer
// version replaced is.

import { lazyRouteComponent } from '@tanstack/react-router'
import { loadSite } from './site'

export type Load = () => Promise<Record<string, unknown>>

/** The screen that a module exports under `name`. */
export function screenOf(load: Load, name: string) {
  const reached = () => load().catch((cause: unknown) => loadSite().then(() => Promise.reject(cause as Error)))
  return lazyRouteComponent(reached as never, name as never)
}
