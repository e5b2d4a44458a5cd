/** How days of the week are written: in Italian, in English, by number. */
const NAMES: readonly (readonly string[])[] = [
  ['lun', 'mon', '1'],
  ['mar', 'tue', '2'],
  ['mer', 'wed', '3'],
  ['gio', 'thu', '4'],
  ['ven', 'fri', '5'],
  ['sab', 'sat', '6'],
  ['dom', 'sun', '7'],
]

/**
 * Days of the week as people write them: `lun-ven`, `lunedì, mercoledì`, `Mon-Fri`, `1-5`. Monday is bit 0, as in the
 * table of periods. Nothing written is Monday to Friday.
 * @returns undefined when it is none
 */
export function readWeekdays(text: string): number | undefined {
  const plain = text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .trim()
  if (plain === '') return 0b11111
  let bits = 0
  for (const part of plain.split(/\s*(?:[,;/+]|\be\b|\band\b|\s(?=[a-z0-9]))\s*/).filter(Boolean)) {
    const [from, to] = part.split(/\s*[-–]\s*/).map(dayOf)
    if (from === undefined || (part.match(/[-–]/g) ?? []).length > 1) return undefined
    const last = /[-–]/.test(part) ? to : from
    if (last === undefined || last < from) return undefined
    for (let day = from; day <= last; day++) bits |= 1 << day
  }
  return bits === 0 ? undefined : bits
}

function dayOf(word: string): number | undefined {
  const index = NAMES.findIndex((names) => names.includes(/^\d$/.test(word) ? word : word.slice(0, 3)))
  return index < 0 || /[^a-z0-9]/.test(word) ? undefined : index
}
