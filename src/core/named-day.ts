import type { RomeDate } from './clock.ts'
import type { Language } from './i18n.ts'

const dayStyles = {
  weekday: { weekday: 'long' },
  short: { day: 'numeric', month: 'short' },
  long: { day: 'numeric', month: 'long', year: 'numeric' },
} as const
const dayFormats = new Map<string, Intl.DateTimeFormat>()

/**
 * A Rome day, or a part of it, in words: `lunedì`, `23 nov`, `1° aprile 2022`. Formats are kept: making one costs more
 * than the rest of a page.
 */
export function namedDay(day: RomeDate, style: keyof typeof dayStyles, language: Language): string {
  const key = `${style} ${language}`
  let format = dayFormats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
      ...dayStyles[style],
      timeZone: 'UTC',
    })
    dayFormats.set(key, format)
  }
  const named = format.format(new Date(`${day}T00:00:00Z`))
  // The first of a month is an ordinal in Italian.
  return style === 'long' && language === 'it' ? named.replace(/^1 /, '1° ') : named
}
