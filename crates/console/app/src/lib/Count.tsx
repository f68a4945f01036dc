// A field for a number. It shows what was typed, and the number is that or none: a field that filters keys as they come
// makes 1250 of 12.50.

import { Box, TextInput, type TextInputProps, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { type Limits, stepped, typed } from './number'

type Props = Omit<TextInputProps, 'value' | 'onChange' | 'onBlur' | 'onKeyDown' | 'min' | 'max'> & Limits & {
  value: number | undefined
  set: (value: number) => void
  /** Told whether there is no number to go by; forms are not sent then anyhow. Without it a field left empty shows the last one again. */
  wrong?: (is: boolean) => void
  /** Makes an empty field an answer of its own. */
  none?: () => void
  hideControls?: boolean
}

/** A form is not sent with a field that has a fault: the browser leads there. */
export function useRefusal(fault: string | undefined) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.setCustomValidity(fault ?? ''), [fault])
  return field
}

export function Count({ value, set, wrong, none, min, max, places, hideControls, error, disabled, ...rest }: Props) {
  const limits = { min, max, places }
  // The text stands as long as the number is still the one that it was typed over.
  const [draft, setDraft] = useState<{ text: string; beside: number | undefined }>()
  const own = draft !== undefined && draft.beside === value ? draft.text : undefined
  const read = (text: string) => (text.trim() === '' && none ? {} : typed(text, limits))
  const fault = own === undefined ? undefined : read(own).fault
  const change = (text: string) => {
    const next = read(text)
    setDraft({ text, beside: next.fault ? value : next.value })
    wrong?.(next.fault !== undefined)
    if (next.value !== undefined) set(next.value)
    else if (!next.fault) none?.()
  }
  const field = useRefusal(fault)
  const step = (by: 1 | -1) => change(String(stepped(typed(own ?? '', limits).value ?? value ?? min, by, limits)))
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    step(event.key === 'ArrowUp' ? 1 : -1)
  }
  const leave = () => { if (own?.trim() === '' && !wrong && !none) setDraft(undefined) }
  return (
    <TextInput
      {...rest} ref={field} inputMode={places ? 'decimal' : 'numeric'} autoComplete="off" disabled={disabled} error={own?.trim() === '' ? error : (fault ?? error)}
      value={own ?? (value === undefined ? '' : String(value))} onChange={(e) => change(e.currentTarget.value)} onKeyDown={keys} onBlur={leave}
      rightSection={hideControls || places || disabled ? undefined : <Steps step={step} />} rightSectionWidth={26}
    />
  )
}

/** For the mouse; keys have the arrows. */
function Steps({ step }: { step: (by: 1 | -1) => void }) {
  const half = { display: 'grid', placeItems: 'center', flex: 1 } as const
  return (
    <Box aria-hidden h="calc(100% - 2px)" style={{ display: 'flex', flexDirection: 'column', alignSelf: 'stretch', width: 24, borderInlineStart: '1px solid var(--mantine-color-default-border)' }}>
      <UnstyledButton tabIndex={-1} style={half} onMouseDown={(e) => e.preventDefault()} onClick={() => step(1)}><IconChevronUp size={12} /></UnstyledButton>
      <UnstyledButton tabIndex={-1} style={half} onMouseDown={(e) => e.preventDefault()} onClick={() => step(-1)}><IconChevronDown size={12} /></UnstyledButton>
    </Box>
  )
}
