import type { RomeDate } from '#core/clock.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { Diet } from '#meals/diets.ts'
import type { Badge } from '../views/tile.ts'

/** Whether a diet holds on a day. */
export function dietBadge(diet: Diet, today: RomeDate, language: Language): Badge {
  const t = translator(language)
  if (diet.validUntil < today) return { text: t('diets.state.over'), tone: 'plain' }
  if (diet.validFrom > today) return { text: t('diets.state.later'), tone: 'waiting' }
  return { text: t('diets.state.holds'), tone: 'paid' }
}

/** Several kinds of one child as one meal: "Senza glutine + senza carne di maiale". */
export function dietText(kinds: readonly DietKind[], language: Language): string {
  const t = translator(language)
  return kinds.map((kind) => t(`diets.kind.${kind}`)).join(' + ')
}
