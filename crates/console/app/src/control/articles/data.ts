// Help articles as the operators' door tells them: Markdown whose first line is the title.

export interface Row {
  slug: string
  title: { zh: string; en: string }
  position: number
  hidden: boolean
  source: 'shipped' | 'changed' | 'own'
  version: number
  changed_at: string | null
}

export interface Whole extends Row { zh: string; en: string }

export interface Text { title: string; body: string }

export const blank: Whole = { slug: '', title: { zh: '', en: '' }, position: 0, hidden: false, source: 'own', version: 0, changed_at: null, zh: '', en: '' }

/** Title and body of an article. */
export function split(text: string): Text {
  const [first = '', ...rest] = text.split('\n')
  return { title: first.replace(/^# */, '').trim(), body: rest.join('\n').trim() }
}

/** The article of a title and a body. */
export const join = ({ title, body }: Text) => `# ${title.trim()}\n\n${body.trim()}\n`
