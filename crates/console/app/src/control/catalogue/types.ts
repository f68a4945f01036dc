// The kinds of product that a catalogue holds, and what each consists of.

export { productName } from '../../lib/products'

export const BUCKETS = [9, 12, 13, 15, 16, 21]
export const COUNTED = [17, 18, 20, 27, 28]
export const TYPES = [9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 27, 28, 3]
