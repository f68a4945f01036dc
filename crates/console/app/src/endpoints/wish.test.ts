// The username says what was wished.

// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { pairsIn } from '../accounts/lines'
import { csv } from '../lib/download'
import { regionList } from '../shop/Regions'
import { folded, fresh, sessionsOf, wishesOf } from './wish'

describe('a username', () => {
  it('is bare where nothing is wished', () => expect(wishesOf(fresh('a'))).toBe(''))
  it('names place, session, life and mode', () => {
    const wish = { ...fresh('a'), country: 'US', state: 'New York', city: 'Los Ángeles', sticky: true, session: 's1', life: 15, strict: true }
    expect(wishesOf(wish)).toBe('_area-US_state-NewYork_city-LosAngeles_session-s1_life-15_mode-strict')
  })
  it('has no state without a country', () => expect(wishesOf({ ...fresh('a'), state: 'Texas' })).toBe(''))
  it('folds what the grammar uses itself', () => expect(folded("St. John's_x-y")).toBe('StJohnsxy'))
  it('numbers further sessions', () => expect(sessionsOf({ ...fresh('a'), sticky: true, session: 's', count: 3 })).toEqual(['s', 's2', 's3']))
})

describe('lists', () => {
  it('of pasted accounts take what people paste', () => expect(pairsIn(' a:b\nc  d ; e:f,\n')).toEqual(['a:b', 'c:d', 'e:f']))
  it('of regions leave out what was not chosen', () => expect(regionList({ US: 2, DE: 0, 'US,7922': 1 })).toBe('US,2|US,1,7922'))
  it('as CSV run nothing in a spreadsheet', () => expect(csv([['=1+1', 'a"b', -5, 'x,y']])).toBe('\'=1+1,"a""b",-5,"x,y"\r\n'))
})
