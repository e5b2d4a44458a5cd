import type { MovementKind } from '../db/reconciliation-schema.ts'

/** What a bank's text says of a pagoPA payment; all undefined for a text that is none of pagoPA's. */
export interface Remittance {
  kind: MovementKind | undefined
  /** The flow's name as far as no gap breaks it: capital letters and digits alone. */
  flowToken: string | undefined
  /** The same and all that follows, where the bank broke the name up. */
  flowRest: string | undefined
  iuv: string | undefined
}

const NOTHING: Remittance = { kind: undefined, flowToken: undefined, flowRest: undefined, iuv: undefined }
const REST_MAX = 200

/** The letters and digits of a text, each with its place in it. */
interface Bare {
  text: string
  places: number[]
}

/**
 * Reads the remittance text of a credit (protocol §5): a cumulative one names its flow
 * (`/PUR/LGPE-RIVERSAMENTO/URI/<flow>`, also with `TXT/n` before `URI`), a single one its payment
 * (`/RFB/<IUV>/<amount>`, `/RFS/RFxx<IUV>`). Banks replace the slashes, put blanks and line ends anywhere and cut the
 * text off, so only letters and digits count.
 */
export function readRemittance(text: string): Remittance {
  const bare = letters(text)
  const cumulative = /LGPERIVERSAMENTO(?:(?:TXT\d)?URI)?/.exec(bare.text)
  if (cumulative) {
    const end = cumulative.index + cumulative[0].length
    const rest = cumulative[0].endsWith('URI') ? bare.text.slice(end, end + REST_MAX) : ''
    if (rest === '') return { ...NOTHING, kind: 'cumulative' }
    return { kind: 'cumulative', flowToken: tokenAt(text, bare, end), flowRest: rest, iuv: undefined }
  }
  const iuv = singleIuv(text, bare)
  return iuv === undefined ? NOTHING : { ...NOTHING, kind: 'single', iuv }
}

/** True for a text that may be pagoPA's although nothing in it can be matched: it is kept for a person. */
export function mentionsPagopa(text: string): boolean {
  return /PAGOPA|RIVERSAMENTO/.test(letters(text).text)
}

function letters(text: string): Bare {
  const places: number[] = []
  let bare = ''
  for (let place = 0; place < text.length; place++) {
    const letter = text[place]!
    if (!/[0-9A-Za-z]/.test(letter)) continue
    places.push(place)
    bare += letter.toUpperCase()
  }
  return { text: bare, places }
}

/** From a letter's place in the text as long as the name's own signs go on. */
function tokenAt(text: string, bare: Bare, at: number): string | undefined {
  const token = /^[0-9A-Za-z_-]+/.exec(text.slice(bare.places[at]))?.[0]
  return token?.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase()
}

/** The IUV after RFB or RFS: 17 digits, or 15 under the legacy auxiliary digit. */
function singleIuv(text: string, bare: Bare): string | undefined {
  for (const match of bare.text.matchAll(/RF[BS](?:RF\d{2})?(?=\d)/g)) {
    const before = bare.places[match.index]! - 1
    if (before >= 0 && /[0-9A-Za-z]/.test(text[before]!)) continue
    const end = match.index + match[0].length
    const token = tokenAt(text, bare, end) ?? ''
    if (/^(\d{15}|\d{17})$/.test(token)) return token
    const digits = /^\d{17}|^\d{15}/.exec(bare.text.slice(end))?.[0]
    if (digits !== undefined) return digits
  }
  return undefined
}
