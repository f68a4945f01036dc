// Of all pages of this browser one is chosen, so that many open tabs cost one connection: browsers open six to a host, and
// one that waits for ever would make the seventh tab wait, too. A hidden page gives its turn away. Where pages can't agree (Web
// Locks are for HTTPS and this machine alone), every visible page is chosen.

/** Calls `take` when this page is chosen, `leave` when it is no more; gives the function that ends it. */
export function whileChosen(name: string, take: () => void, leave: () => void): () => void {
  let give: (() => void) | undefined
  function look() {
    if (document.visibilityState === 'hidden') {
      give?.()
      give = undefined
    } else {
      give ??= queue(name, take, leave)
    }
  }
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    give?.()
    give = undefined
  }
}

/** Waits for the turn; gives the function that steps out or gives it up. */
function queue(name: string, take: () => void, leave: () => void): () => void {
  const end = new AbortController()
  const turn = async () => {
    if (end.signal.aborted) return
    take()
    await new Promise<void>((over) => end.signal.addEventListener('abort', () => {
      leave()
      over()
    }))
  }
  // Stepping out of the queue is told as a failure.
  if (navigator.locks) navigator.locks.request(name, { signal: end.signal }, turn).catch(() => undefined)
  else void turn()
  return () => end.abort()
}
