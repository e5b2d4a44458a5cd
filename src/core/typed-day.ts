import { isRomeDate, type RomeDate } from './clock.ts'

/** A day that somebody typed: as date fields send it, or as Italians write it. Undefined when it is none. */
export function readTypedDay(text: string): RomeDate | undefined {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? []
  const iso = year ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text
  return isRomeDate(iso) ? iso : undefined
}
