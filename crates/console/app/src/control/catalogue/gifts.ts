// Tiers of gifts, as the server has them and as people type them: what is nothing is blank.

/** From `min` to below `max` (`0.00`: no end) a recharge gets `ratio` percent and `gift`. */
export interface Tier { min: string; max: string; ratio: number; gift: string }

const blank = (amount: string) => (Number(amount) === 0 ? '' : amount)
const nought = (typed: string) => typed.trim() || '0'

export const asTyped = (tier: Tier): Tier => ({ ...tier, max: blank(tier.max), gift: blank(tier.gift) })
export const asWritten = (tier: Tier): Tier => ({ ...tier, min: nought(tier.min), max: nought(tier.max), gift: nought(tier.gift) })
