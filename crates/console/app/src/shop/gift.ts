// What is given on top to the balance, as the server will: of a sum that is topped up, and of what a product promises.

export interface Tier { min: number; max: number; ratio: number; gift: number }

/** A tier begins at `min` and ends below `max`; one without `max` has no end. */
export function tierGift(tiers: readonly Tier[], sum: number): number {
  const tier = tiers.find(({ min, max }) => sum >= min && (max === 0 || sum < max))
  // In hundredths, half of one counts as one.
  return tier ? Math.floor((Math.round(sum * 100) * tier.ratio) / 100 + 0.5) / 100 + tier.gift : 0
}

/** Of what a product promises for each, no more than the goods cost. */
export const productGift = (each: number, amount: number, goods_fee: number) => Math.min(each * amount, goods_fee)
