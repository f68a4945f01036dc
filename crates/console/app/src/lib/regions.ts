// Places of an order as the API writes them (`US AS7018 x 2, JP x 1`) or a command takes them (`US,2,7018|JP,1`), in words.

import { country } from './format'
import { either } from './lang'

const words = (code: string, count: string, asn?: string) => `${country(code)}${asn ? ` AS${asn}` : ''} × ${count}`

const joined = (parts: string[]) => parts.join(either('、', ', '))

export function regionsInWords(text: string): string {
  return joined(text.split(', ').map((part) => {
    const [, code, asn, count] = /^([A-Z]{2})(?: AS(\d+))? x (\d+)$/.exec(part) ?? []
    return code ? words(code, count!, asn) : part
  }))
}

export function wishInWords(text: string): string {
  return joined(text.split('|').map((part) => {
    const [, code, count, asn] = /^([A-Z]{2}),(\d+)(?:,(\d+))?$/i.exec(part) ?? []
    return code ? words(code.toUpperCase(), count!, asn) : part
  }))
}
