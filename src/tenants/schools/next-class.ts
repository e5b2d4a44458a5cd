const ROMAN = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII']
/** Years of the longest school in Italy that has classes by number. */
const HIGHEST = ROMAN.length

interface Numbered {
  readonly number: number
  readonly isRoman: boolean
  readonly start: number
  readonly end: number
}

/** The number of a class: `1ª A`, `4B`, `IV A`. Undefined where the name has none, or more than one. */
export function classNumber(name: string): number | undefined {
  return numbered(name)?.number
}

/** What a class is called a year later; undefined where its name does not tell. */
export function nextClassName(name: string): string | undefined {
  const found = numbered(name)
  if (!found || found.number === HIGHEST) return undefined
  const next = found.isRoman ? ROMAN[found.number]! : String(found.number + 1)
  return name.slice(0, found.start) + next + name.slice(found.end)
}

function numbered(name: string): Numbered | undefined {
  const digits = [...name.matchAll(/\d+/g)]
  if (digits.length > 1) return undefined
  const [digit] = digits
  if (digit) {
    const number = Number(digit[0])
    if (number < 1 || number > HIGHEST) return undefined
    return { number, isRoman: false, start: digit.index, end: digit.index + digit[0].length }
  }
  // A Roman number stands first, alone or before a single letter: "I Delfini" is a name.
  const roman = /^([IV]+)[ªa°^]?(?:\s*[A-Z])?$/.exec(name.trim())
  const place = roman ? ROMAN.indexOf(roman[1]!) : -1
  if (place < 0) return undefined
  const start = name.indexOf(roman![1]!)
  return { number: place + 1, isRoman: true, start, end: start + roman![1]!.length }
}
