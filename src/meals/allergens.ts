/**
 * The substances that must be named to who eats, in the order of Regulation (EU) 1169/2011, annex II: their places are
 * the numbers by which menus are used to name them.
 */
export const ALLERGENS = [
  'gluten',
  'crustaceans',
  'eggs',
  'fish',
  'peanuts',
  'soybeans',
  'milk',
  'nuts',
  'celery',
  'mustard',
  'sesame',
  'sulphites',
  'lupin',
  'molluscs',
] as const
export type Allergen = (typeof ALLERGENS)[number]

/** As they are stored: one bit each. */
export function allergenBits(allergens: readonly Allergen[]): number {
  return ALLERGENS.reduce((bits, one, place) => bits | (allergens.includes(one) ? 1 << place : 0), 0)
}

/** As they are read. */
export function allergensOf(bits: number): Allergen[] {
  return ALLERGENS.filter((_, place) => (bits >> place) & 1)
}
