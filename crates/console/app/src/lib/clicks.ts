// A double click on what sends something sends it once: the second click of the two is dropped. The browser counts them, so
// that it does not matter whether the first was answered meanwhile.

/** What sends: buttons with a word on them, but those that mean again what they say again (one more row). */
const SENDS = '.mantine-Button-root:not([data-again])'

/** Whether a click is the second (or a later) one of a row on something that sends. */
export function isRepeat({ detail, target }: { detail: number; target: { closest?: (names: string) => unknown } | null }): boolean {
  return detail > 1 && Boolean(target?.closest?.(SENDS))
}

/** From now on. */
export function dropRepeats(page: Document) {
  const drop = (event: MouseEvent) => {
    if (!isRepeat({ detail: event.detail, target: event.target as Element | null })) return
    event.preventDefault()
    event.stopPropagation()
  }
  page.addEventListener('click', drop, true)
}
