// A number that can be typed over: an empty field is a moment on the way to the next number, not one of its own.

import { NumberInput, type NumberInputProps } from '@mantine/core'
import { useState } from 'react'

type Props = Omit<NumberInputProps, 'value' | 'onChange' | 'onBlur'> & {
  value: number
  set: (value: number) => void
  /** Told while there is no number. Without it the last one stands, and shows again when the field is left. */
  blank?: (is: boolean) => void
}

export function Count({ value, set, blank, ...rest }: Props) {
  const [empty, setEmpty] = useState(false)
  const change = (next: number | string) => {
    const none = typeof next !== 'number'
    setEmpty(none)
    blank?.(none)
    if (!none) set(next)
  }
  return <NumberInput clampBehavior="strict" allowDecimal={false} {...rest} value={empty ? '' : value} onChange={change} onBlur={blank ? undefined : () => setEmpty(false)} />
}
