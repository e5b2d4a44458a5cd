import type { DietKind } from '#core/db/diet-tables.ts'

/**
 * The kinds of diet, in the order in which they are offered, by what they rest on. The list is short so that a kitchen
 * counts them; whatever else is to be known stands in the note. Kinds of health may want a doctor's certificate.
 */
export const DIET_KINDS = {
  health: [
    'gluten-free',
    'milk-free',
    'lactose-free',
    'egg-free',
    'fish-free',
    'nut-free',
    'legume-free',
    'other-medical',
    'bland',
  ],
  choice: ['no-pork', 'no-beef', 'no-meat', 'vegetarian', 'vegan'],
  texture: ['minced', 'blended'],
} as const satisfies Record<string, readonly DietKind[]>

export type DietGroup = keyof typeof DIET_KINDS

const ALL: readonly DietKind[] = Object.values(DIET_KINDS).flat()

/** Whether a text from outside is a kind of the list. */
export function isDietKind(text: string | undefined): text is DietKind {
  return ALL.some((kind) => kind === text)
}

/** Kinds in the order of the list, so that the same diets always read the same. */
export function inDietOrder(kinds: readonly DietKind[]): DietKind[] {
  return ALL.filter((kind) => kinds.includes(kind))
}
