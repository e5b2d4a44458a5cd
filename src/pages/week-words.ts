import { addDays, type RomeDate } from '#core/clock.ts'
import type { Language } from '#core/i18n.ts'

/** A week in words, by its Monday: `23–29 novembre 2026`, and `7–13 giugno 2027` where a range would say `07`. */
export function weekInWords(monday: RomeDate, language: Language): string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return format.formatRange(noon(monday), noon(addDays(monday, 6))).replaceAll(/\b0(?=\d\b)/g, '')
}

/** A day of a week in words: `lunedì 23 novembre`. */
export function dayName(day: RomeDate, language: Language): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(noon(day))
}

function noon(day: RomeDate): Date {
  return new Date(`${day}T12:00:00Z`)
}
