import { expect, it } from 'vitest'
import { join, split } from './data'

it('takes an article apart and puts it together', () => {
  expect(split('# First steps\n\nDial **{host}**.\n\n## More\n\ntext\n')).toEqual({ title: 'First steps', body: 'Dial **{host}**.\n\n## More\n\ntext' })
  expect(join({ title: ' First steps ', body: 'text\n\n' })).toBe('# First steps\n\ntext\n')
  expect(split('')).toEqual({ title: '', body: '' })
})
