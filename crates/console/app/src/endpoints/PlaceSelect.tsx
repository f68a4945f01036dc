// Country, state, city, each with a search; only what can serve right now is offered. The search of countries finds
// states and cities, too, and choosing one fills all three.

import { Group, Select, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Flag } from '../lib/bits'
import { country } from '../lib/format'
import { locale, texts } from '../lib/lang'
import { type PlaceOf, type Where, found, keyOf, whereOf } from './places'

const t = texts({
  country: ['国家/地区', 'Country'],
  find: ['不限；可搜索州/省、城市', 'Any; finds states and cities, too'],
  state: ['州/省', 'State'],
  city: ['城市', 'City'],
  any: ['不限', 'Any'],
  none: ['没有匹配的位置', 'No place fits'],
  clear: ['清除', 'Clear'],
})

const shared = { searchable: true, clearable: true, placeholder: t.any, nothingFoundMessage: t.none, clearButtonProps: { 'aria-label': t.clear }, limit: 200 }

export function PlaceSelect({ places, value, set }: { places: PlaceOf[]; value: Where; set: (part: Where) => void }) {
  const area = places.find((place) => place.Area === value.country)
  const states = area?.states ?? []
  const cities = value.state ? (states.find((s) => s.State === value.state)?.cities ?? []) : states.flatMap((s) => s.cities)
  return (
    <Stack gap="sm">
      <Anywhere places={places} value={value.country} set={set} />
      <SimpleGrid cols={2} spacing="sm">
        <Select {...shared} label={t.state} disabled={!area} value={value.state} onChange={(next) => set({ ...value, state: next, city: null })} data={[...new Set(states.map((s) => s.State).filter(Boolean))].sort()} />
        <Select {...shared} label={t.city} disabled={!area} value={value.city} onChange={(next) => set({ ...value, city: next })} data={[...new Set(cities)].sort()} />
      </SimpleGrid>
    </Stack>
  )
}

const named = (code: string) => `${country(code)} (${code})`

/** Where a state or city lies; a state says that it is one, as cities may have its name. */
const within = ({ country: code, state, city }: Where) => (city ? [state, country(code ?? '')].filter(Boolean).join(', ') : `${t.state} · ${country(code ?? '')}`)

function Anywhere({ places, value, set }: { places: PlaceOf[]; value: string | null; set: (where: Where) => void }) {
  const [word, setWord] = useState('')
  // The name of what is chosen stands in the field; nobody searches for it.
  const hits = value && word === named(value) ? [] : found(places, word)
  const countries = places.map((place) => ({ value: place.Area, label: named(place.Area) })).sort((a, b) => a.label.localeCompare(b.label, locale()))
  const deeper = hits.map((where) => ({ value: keyOf(where), label: `${where.city ?? where.state} · ${within(where)}` }))
  const choose = (key: string | null) => {
    const where = whereOf(key)
    set(where)
    // Another place of the same country leaves the field's value as it was, and with it what was typed.
    setWord(where.country ? named(where.country) : '')
  }
  return (
    <Select
      {...shared} selectFirstOptionOnChange label={t.country} placeholder={t.find} value={value} onChange={choose} searchValue={word} onSearchChange={setWord}
      leftSection={value ? <Flag code={value} /> : undefined} data={[...countries, ...deeper]}
      filter={({ options, search, limit }) => options.filter((option) => 'value' in option && (option.value.includes('\t') || option.label.toLowerCase().includes(search.trim().toLowerCase()))).slice(0, limit)}
      renderOption={({ option }) => <Option where={whereOf(option.value)} />}
    />
  )
}

function Option({ where }: { where: Where }) {
  const name = where.city ?? where.state
  return (
    <Group gap={8} wrap="nowrap">
      <Flag code={where.country ?? ''} />
      {name ? <span>{name} <Text span fz="xs" c="dimmed">{within(where)}</Text></span> : named(where.country ?? '')}
    </Group>
  )
}
