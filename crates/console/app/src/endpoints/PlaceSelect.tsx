// Country, state, city, each with a search; only what can serve right now is offered.

import { Group, Select, SimpleGrid, Stack } from '@mantine/core'
import { Flag } from '../lib/bits'
import { country } from '../lib/format'
import { texts } from '../lib/lang'

const t = texts({
  country: ['国家/地区', 'Country'],
  state: ['州/省', 'State'],
  city: ['城市', 'City'],
  any: ['不限', 'Any'],
  none: ['没有匹配的位置', 'No place fits'],
  clear: ['清除', 'Clear'],
})

export interface PlaceOf { Area: string; states: { State: string; cities: string[] }[] }
interface Where { country: string | null; state: string | null; city: string | null }

export function PlaceSelect({ places, value, set }: { places: PlaceOf[]; value: Where; set: (part: Where) => void }) {
  const area = places.find((place) => place.Area === value.country)
  const states = area?.states ?? []
  const cities = value.state ? (states.find((s) => s.State === value.state)?.cities ?? []) : states.flatMap((s) => s.cities)
  const shared = { searchable: true, clearable: true, placeholder: t.any, nothingFoundMessage: t.none, clearButtonProps: { 'aria-label': t.clear }, limit: 200 }
  return (
    <Stack gap="sm">
      <Select
        {...shared} label={t.country} value={value.country} onChange={(next) => set({ country: next, state: null, city: null })}
        leftSection={value.country ? <Flag code={value.country} /> : undefined}
        data={places.map((place) => ({ value: place.Area, label: `${country(place.Area)} (${place.Area})` })).sort((a, b) => a.label.localeCompare(b.label))}
        renderOption={({ option }) => <Group gap={8} wrap="nowrap"><Flag code={option.value} />{option.label}</Group>}
      />
      <SimpleGrid cols={2} spacing="sm">
        <Select {...shared} label={t.state} disabled={!area} value={value.state} onChange={(next) => set({ ...value, state: next, city: null })} data={[...new Set(states.map((s) => s.State).filter(Boolean))].sort()} />
        <Select {...shared} label={t.city} disabled={!area} value={value.city} onChange={(next) => set({ ...value, city: next })} data={[...new Set(cities)].sort()} />
      </SimpleGrid>
    </Stack>
  )
}
