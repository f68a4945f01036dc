// The whole app: theme, language, queries, router. The tree is drawn anew when the language changes.

import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { ApiError, isLoggedOut } from '../api/client'
import { lang, onLang } from '../lib/lang'
import { doubtStreams, onLoginEnded } from '../lib/live'
import { Failed } from '../lib/ui'
import { router } from './router'
import { type Site, SiteContext, loadSite } from './site'
import { themeOf, variablesOf } from './theme'

const client = new QueryClient({
  defaultOptions: {
    // Whether the network is there the request finds out. By default a change would wait for it, and be made once it is
    // back: a purchase that nobody wants any more.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      // What the server refused it refuses again; only a lost connection is worth another try.
      retry: (count, error) => count < 2 && error instanceof ApiError && error.code === 0,
      refetchOnWindowFocus: true,
    },
  },
})

// A login that ended sends the reader to the log-in screen, which leads back here afterwards.
function leave() {
  const { pathname, search } = window.location
  const door = pathname.startsWith('/control') ? '/control/login' : '/login'
  if (pathname !== door) void router.navigate({ to: door, search: { back: pathname + search } as never })
}
for (const cache of [client.getQueryCache(), client.getMutationCache()]) {
  cache.subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error') return
    if (isLoggedOut(event.action.error)) leave()
    else if (event.action.error instanceof ApiError && event.action.error.code === 0) doubtStreams()
  })
}
onLoginEnded(leave)

export function App({ nonce }: { nonce: string }) {
  const tongue = useSyncExternalStore(onLang, lang)
  const [site, setSite] = useState<Site>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    document.documentElement.lang = tongue === 'zh' ? 'zh-CN' : 'en'
    loadSite().then(setSite, setError)
    void client.invalidateQueries()
  }, [tongue])
  return (
    <MantineProvider theme={themeOf(site?.colour ?? '')} cssVariablesResolver={variablesOf(site?.colour ?? '')} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={client}>
        <Notifications position="bottom-center" />
        {site ? (
          <SiteContext value={site}>
            <RouterProvider key={tongue} router={router} />
          </SiteContext>
        ) : (
          error !== undefined && <Failed error={error} retry={() => window.location.reload()} />
        )}
      </QueryClientProvider>
    </MantineProvider>
  )
}
