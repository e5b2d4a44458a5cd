import type { RomeDate } from '#core/clock.ts'
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
