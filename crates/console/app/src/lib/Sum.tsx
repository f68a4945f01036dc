// A field for a sum of money. It goes as the text that was typed; what is no sum is told at the field.

import { TextInput, type TextInputProps } from '@mantine/core'
import { useRefusal } from './Count'
import { narrow, typed } from './number'

type Props = Omit<TextInputProps, 'value' | 'onChange' | 'onBlur'> & {
  value: string
  set: (text: string) => void
  /** Whether it may be below nothing. */
  signed?: boolean
  places?: number
}

/** Whether it is a sum, or left out. */
export const isSum = (text: string | undefined) => faultOf(text ?? '', 0, 2) === undefined

const faultOf = (text: string, min: number, places: number) => (text.trim() === '' ? undefined : typed(text, { min, places }).fault)

export function Sum({ value, set, signed, places = 2, error, ...rest }: Props) {
  const fault = faultOf(value, signed ? Number.MIN_SAFE_INTEGER : 0, places)
  const field = useRefusal(fault)
  return <TextInput {...rest} ref={field} inputMode={signed ? undefined : 'decimal'} autoComplete="off" value={value} onChange={(e) => set(e.currentTarget.value)} onBlur={() => set(narrow(value))} error={fault ?? error} />
}
