import { isRomeDate, romeDate, type RomeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import type { Option } from '#pages/view.ts'
import { readTypedDay } from '#core/typed-day.ts'
import type { Badge } from '../views/tile.ts'

const TONES = { new: 'waiting', open: 'open', closed: 'paid' } as const

/** How far a class's list is. */
export function listBadge(state: keyof typeof TONES, language: Language): Badge {
  return { text: translator(language)(`meals.list.${state}`), tone: TONES[state] }
}

/** The day that the address names, as date fields send it or as it is typed; today where it names none. */
export function askedDay(
  context: PageContext,
  now: Date,
): { day: RomeDate; isWrong: boolean; typed: string } {
  const typed = (context.req.query('giorno') ?? '').trim()
  const day = typed === '' ? romeDate(now) : readTypedDay(typed)
  return {
    day: day ?? romeDate(now),
    isWrong: day === undefined,
    typed: isRomeDate(typed) || typed === '' ? (day ?? '') : typed,
  }
}

/** The service that the address names, or the entity's first. */
export function askedService(
  context: PageContext,
  services: readonly { code: string; label: string }[],
): { category: string; label: string; options: Option[] } {
  const chosen = services.find(({ code }) => code === context.req.query('servizio')) ?? services[0]
  return {
    category: chosen?.code ?? '',
    label: chosen?.label ?? '',
    options: services.map(({ code, label }) => ({ value: code, label, selected: code === chosen?.code })),
  }
}
