// One country of all, found by its name in the reader's language or by its code.

import { Group, Select } from '@mantine/core'
import { Flag } from './bits'
import { COUNTRIES } from './countries'
import { country } from './format'
import { locale, texts } from './lang'

const t = texts({
  label: ['国家/地区', 'Country'],
  none: ['没有匹配的国家或地区', 'No country fits'],
  clear: ['清除', 'Clear'],
})

export function CountrySelect({ value, set, error, required }: { value: string | null; set: (code: string | null) => void; error?: string; required?: boolean }) {
  const options = COUNTRIES.map((code) => ({ value: code, label: `${country(code)} (${code})` })).sort((a, b) => a.label.localeCompare(b.label, locale()))
  return (
    <Select
      label={t.label} searchable required={required} clearable={!required} limit={260} nothingFoundMessage={t.none} clearButtonProps={{ 'aria-label': t.clear }}
      value={value} onChange={set} error={error} data={options} leftSection={value ? <Flag code={value} /> : undefined}
      renderOption={({ option }) => <Group gap={8} wrap="nowrap"><Flag code={option.value} />{option.label}</Group>}
    />
  )
}
