const wall = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Rome',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function parts(instant: Date): Record<string, string> {
  return Object.fromEntries(wall.formatToParts(instant).map(({ type, value }) => [type, value]))
}

/** The calendar day in Rome, `YYYY-MM-DD`. */
export function romeDate(instant: Date): string {
  const { year, month, day } = parts(instant)
  return `${year}-${month}-${day}`
}

/** The wall clock in Rome without an offset, `YYYY-MM-DDTHH:MM:SS`: how the Node writes paymentDateTime. */
export function romeDateTime(instant: Date): string {
  const { hour, minute, second } = parts(instant)
  return `${romeDate(instant)}T${hour}:${minute}:${second}`
}

/** The next day on which banks work (holidays aside): when the PSP sends the money on. */
export function nextBankingDay(instant: Date): string {
  const day = new Date(`${romeDate(instant)}T12:00:00Z`)
  do day.setUTCDate(day.getUTCDate() + 1)
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6)
  return day.toISOString().slice(0, 10)
}

/** Writes an instant for people: `23/11/2026, 15:04:05`. */
export function formatInstant(instant: Date): string {
  const { year, month, day, hour, minute, second } = parts(instant)
  return `${day}/${month}/${year}, ${hour}:${minute}:${second}`
}
