// Finds states and cities by name among the places that can serve right now.

import { folded } from './wish'

export interface PlaceOf { Area: string; states: { State: string; cities: string[] }[] }
export interface Where { country: string | null; state: string | null; city: string | null }

/** More than anybody reads; who wants another one types on. */
const MOST = 50

const bare = (name: string) => folded(name).toLowerCase()

/** States and cities whose name has `word` in it; those that begin with it come first. */
export function found(places: readonly PlaceOf[], word: string): Where[] {
  const wanted = bare(word)
  if (wanted.length < 2) return []
  const hits: { at: number; name: string; where: Where }[] = []
  const look = (name: string, where: Where) => {
    const at = bare(name).indexOf(wanted)
    if (name && at >= 0) hits.push({ at, name, where })
  }
  for (const { Area: country, states } of places) {
    for (const { State, cities } of states) {
      const state = State || null
      look(State, { country, state, city: null })
      for (const city of cities) look(city, { country, state, city })
    }
  }
  return hits.sort((a, b) => Number(a.at > 0) - Number(b.at > 0) || a.name.localeCompare(b.name)).slice(0, MOST).map((hit) => hit.where)
}

/** A place as the value of an option, and back: names of places have no tabs. */
export const keyOf = ({ country, state, city }: Where) => [country, state, city].map((name) => name ?? '').join('\t')

export function whereOf(key: string | null): Where {
  const [country, state, city] = (key ?? '').split('\t')
  return { country: country || null, state: state || null, city: city || null }
}
