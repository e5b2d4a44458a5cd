import { isRomeDate, type RomeDate } from '../clock.ts'

/** What a column of a bank's file holds. */
export type Meaning = 'booked' | 'value' | 'amount' | 'credit' | 'debit' | 'sign' | 'text'

/** How banks call their columns, in Italian and English; compared without case, accents, blanks and punctuation. */
const NAMES: Record<Meaning, readonly string[]> = {
  booked: [
    'datacontabile',
    'dataregistrazione',
    'dataoperazione',
    'datamovimento',
    'datacont',
    'dataoper',
    'data',
    'bookingdate',
    'postingdate',
    'transactiondate',
    'bookedon',
    'date',
  ],
  value: ['datavaluta', 'valuta', 'valuedate', 'valueon'],
  amount: ['importo', 'importoeur', 'importoeuro', 'importoineuro', 'ammontare', 'amount', 'amounteur'],
  credit: [
    'avere',
    'importoavere',
    'accrediti',
    'accredito',
    'entrate',
    'entrata',
    'credit',
    'credits',
    'creditamount',
  ],
  debit: [
    'dare',
    'importodare',
    'addebiti',
    'addebito',
    'uscite',
    'uscita',
    'debit',
    'debits',
    'debitamount',
  ],
  sign: [
    'segno',
    'dareavere',
    'da',
    'dc',
    'cd',
    'sign',
    'creditdebit',
    'debitcredit',
    'creditdebitindicator',
  ],
  text: ['note', 'reference', 'informazioniaggiuntive', 'informazionidiriconciliazione'],
}

/** What the name of a column of texts contains, however it goes on: `Causale/Descrizione`, `Descrizione operazione`. */
const TEXT_WORDS = /causale|descrizione|dettagli|remittance|description|details|narrative/

/** Where the columns that matter are, from 0. Texts may stand in several. */
export interface Columns {
  booked: number
  value: number | undefined
  amount: number | undefined
  credit: number | undefined
  debit: number | undefined
  sign: number | undefined
  texts: number[]
}

/** Understands a header; undefined for a row that is none: it needs a date, an amount and a text. */
export function readHeaderRow(cells: readonly string[]): Columns | undefined {
  const names = cells.map(plain)
  // The names of a meaning stand in the order of preference: a file may have several dates.
  const find = (meaning: Meaning) => {
    const name = NAMES[meaning].find((one) => names.includes(one))
    return name === undefined ? undefined : names.indexOf(name)
  }
  const texts = names.flatMap((name, index) =>
    NAMES.text.includes(name) || TEXT_WORDS.test(name) ? [index] : [],
  )
  const booked = find('booked') ?? find('value')
  const [amount, credit, debit] = [find('amount'), find('credit'), find('debit')]
  const hasAmount = amount !== undefined || credit !== undefined
  if (booked === undefined || !hasAmount || texts.length === 0) return undefined
  return { booked, value: find('value'), amount, credit, debit, sign: find('sign'), texts }
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}

/** A day as `20/11/2026`, `20-11-26`, `20.11.2026` or `2026-11-20`, a time after it passed over. */
export function readDay(cell: string): RomeDate | undefined {
  const text = cell.trim().replace(/[T ]\d{1,2}[:.]\d{2}.*$/, '')
  const italian = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$/.exec(text)
  const iso = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(text)
  const [year, month, day] = italian ? [italian[3]!, italian[2]!, italian[1]!] : (iso?.slice(1) ?? [])
  if (!year || !month || !day) return undefined
  const date = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isRomeDate(date) ? date : undefined
}

const CENTS_MAX = 10n ** 15n

/**
 * The cents of an amount as banks write it: `1.234,56`, `1,234.56`, `1234.5`, `-25,00`, `25,00-`, `1'234,56`, `€ 25`.
 * The last of comma and dot is the decimal sign, unless three digits follow it: euro have no third decimal.
 * @returns undefined when it is none
 */
export function readCents(cell: string): bigint | undefined {
  const text = cell.replaceAll(/[\s\u00a0\u202f'’]|€|EUR/gi, '').replaceAll('−', '-')
  const match = /^([+-]?)([\d.,]+)([+-]?)$/.exec(text)
  if (!match || (match[1] !== '' && match[3] !== '')) return undefined
  const digits = match[2]!
  const decimals = /[.,](\d{1,2})$/.exec(digits)
  const whole = decimals ? digits.slice(0, decimals.index) : digits
  const mark = decimals?.[0][0]
  if (!/^\d+$|^[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*$/.test(whole)) return undefined
  // One sign cannot part both thousands and decimals.
  if (mark !== undefined && whole.includes(mark)) return undefined
  const value = BigInt(whole.replaceAll(/[.,]/g, '')) * 100n + BigInt((decimals?.[1] ?? '').padEnd(2, '0'))
  if (value > CENTS_MAX) return undefined
  return match[1] === '-' || match[3] === '-' ? -value : value
}
