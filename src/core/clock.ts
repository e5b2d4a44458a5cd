/** Where "now" comes from: the system in production, something a test can move elsewhere. */
export interface Clock {
  now(): Date
  /** The time of everybody else, where "now" was moved for a demonstration. */
  outside?(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** The time that others live in: people's phones, identity providers. Only a moved demonstration has another one. */
export function outsideTime(clock: Clock): Date {
  return clock.outside?.() ?? clock.now()
}

/** A calendar day in Rome, `YYYY-MM-DD`. All deadlines and "days after" are such days. */
export type RomeDate = string & { readonly __romeDate?: never }

const wallTime = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Rome',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** The Rome day on which an instant falls. */
export function romeDate(instant: Date): RomeDate {
  return new Date(instant.getTime() + offsetMs(instant)).toISOString().slice(0, 10)
}

/** The day that lies `days` calendar days later (or earlier, when negative). */
export function addDays(date: RomeDate, days: number): RomeDate {
  const moved = new Date(`${date}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** Whole calendar days from one day to another; negative when `to` comes first. */
export function daysBetween(from: RomeDate, to: RomeDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** The instant of a wall-clock time in Rome, `YYYY-MM-DDTHH:MM:SS` without an offset. */
export function romeInstant(local: string): Date {
  const asUtc = new Date(`${local.length === 10 ? `${local}T00:00:00` : local}Z`)
  // Two rounds settle the offset also within hours of a change of daylight saving.
  let instant = asUtc
  for (let round = 0; round < 2; round++) instant = new Date(asUtc.getTime() - offsetMs(instant))
  return instant
}

/** The first instant of a Rome day. */
export function startOfRomeDay(date: RomeDate): Date {
  return romeInstant(`${date}T00:00:00`)
}

/** Asking the calendar costs more than the rest of a message's dates; the answer is the same for a whole hour. */
const offsets = new Map<number, number>()
const HOURS_REMEMBERED = 10_000

/** How far Rome's clocks are ahead of UTC. They change on the hour. */
function offsetMs(instant: Date): number {
  const hour = Math.floor(instant.getTime() / 3_600_000)
  const known = offsets.get(hour)
  if (known !== undefined) return known
  const start = new Date(hour * 3_600_000)
  const parts = Object.fromEntries(wallTime.formatToParts(start).map(({ type, value }) => [type, value]))
  const wall = `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`
  const offset = Date.parse(wall) - start.getTime()
  if (offsets.size >= HOURS_REMEMBERED) offsets.clear()
  offsets.set(hour, offset)
  return offset
}

/** True for a real calendar day written `YYYY-MM-DD`, of the years 1000 to 2999: days added to it stay such days. */
export function isRomeDate(text: string): text is RomeDate {
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(text)) return false
  const parsed = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)
}

/** Writes a Rome day for people: `23/11/2026` in Italian, the reader's own order elsewhere. */
export function formatDate(date: RomeDate, language = 'it'): string {
  const [year, month, dayOfMonth] = date.split('-')
  return language === 'de' ? `${dayOfMonth}.${month}.${year}` : `${dayOfMonth}/${month}/${year}`
}

/** Writes an instant for people as day and time in Rome: `23/11/2026, 15:04`. */
export function formatDateTime(instant: Date, language = 'it'): string {
  const parts = Object.fromEntries(wallTime.formatToParts(instant).map(({ type, value }) => [type, value]))
  return `${formatDate(romeDate(instant), language)}, ${parts.hour}:${parts.minute}`
}
