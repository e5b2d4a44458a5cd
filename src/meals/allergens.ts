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

/** Allergens in the order of the regulation, each once. */
export function inAllergenOrder(allergens: readonly Allergen[]): Allergen[] {
  return ALLERGENS.filter((one) => allergens.includes(one))
}

/** As menus name them beside a course: `1, 7`. */
export function allergenNumbers(allergens: readonly Allergen[]): string {
  return inAllergenOrder(allergens)
    .map((one) => ALLERGENS.indexOf(one) + 1)
    .join(', ')
}

/** Reads what {@link allergenNumbers} writes, and what people write instead of commas; undefined for a number of no allergen. */
export function readAllergenNumbers(text: string): Allergen[] | undefined {
  const words = text.split(/[\s,;.]+/).filter(Boolean)
  const named = words.map((word) => (/^\d{1,2}$/.test(word) ? ALLERGENS[Number(word) - 1] : undefined))
  return named.includes(undefined) ? undefined : inAllergenOrder(named as Allergen[])
}
