// What somebody changed in a form, so that only that is saved: others may have changed the rest meanwhile.

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** The fields that are not as they were. */
export function changesOf<T extends object>(first: T, mine: T): Partial<T> {
  return Object.fromEntries(Object.entries(mine).filter(([name, value]) => !same(value, (first as Record<string, unknown>)[name]))) as Partial<T>
}

/** What was changed, put onto the newest state; and the fields that were changed there as well, to something else. */
export function onto<T extends object>(first: T, mine: T, newest: T): { merged: T; both: (keyof T)[] } {
  const changes = changesOf(first, mine)
  const theirs = changesOf(first, newest)
  const both = (Object.keys(changes) as (keyof T)[]).filter((name) => name in theirs && !same(changes[name], theirs[name]))
  return { merged: { ...newest, ...changes }, both }
}
