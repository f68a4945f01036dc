// What the browser says of a field before a form is sent, in the console's language: its own words are in the browser's.

import { say, texts } from './lang'

const t = texts({
  missing: ['请填写此项', 'Fill this in'],
  tick: ['请勾选此项', 'Tick this'],
  email: ['请填写邮箱地址，例如 name@example.com', 'An email address, such as name@example.com'],
  url: ['请填写网址，例如 https://example.com', 'An address, such as https://example.com'],
  short: ['至少 {n} 个字符', 'At least {n} characters'],
  long: ['最多 {n} 个字符', 'At most {n} characters'],
  odd: ['格式不正确', 'This can’t be read'],
})

type Field = Pick<HTMLInputElement, 'type' | 'minLength' | 'maxLength'> & { validity: Partial<ValidityState> }

/** What a field has to be; `undefined` where the form has said so itself. */
export function sentenceOf({ type, minLength, maxLength, validity }: Field): string | undefined {
  if (validity.customError) return undefined
  if (validity.valueMissing) return type === 'checkbox' ? t.tick : t.missing
  if (validity.typeMismatch) return type === 'url' ? t.url : t.email
  if (validity.tooShort) return say(t.short, { n: minLength })
  if (validity.tooLong) return say(t.long, { n: maxLength })
  return t.odd
}

/** From now on. A sentence makes its field wrong until it is taken back, which the next key or click does. */
export function speak(page: Document) {
  const told = new Set<HTMLInputElement>()
  const tell = (event: Event) => {
    const field = event.target as HTMLInputElement
    const sentence = sentenceOf(field)
    if (sentence === undefined) return
    field.setCustomValidity(sentence)
    told.add(field)
  }
  const unsay = () => {
    told.forEach((field) => field.setCustomValidity(''))
    told.clear()
  }
  page.addEventListener('invalid', tell, true)
  for (const name of ['keydown', 'pointerdown', 'click', 'input', 'submit']) page.addEventListener(name, unsay, true)
}
