import { invariant } from '#core/errors.ts'
import type { PostalSlip } from '#core/notice-scheme.ts'
import { isNoticeNumber } from './notice-number.ts'

/** Characters whose base letter is not found by decomposition, and the punctuation of typesetters. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
  '€': 'EUR',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '·': '-',
}

/**
 * The text of the DataMatrix code on the Bollettino Postale PA, of 256 ASCII characters whatever the fields hold
 * (protocol §2.2): `codfase=NBPA;`, the code line of the slip (type 896), `1P1`, the creditor's fiscal code (11),
 * the debtor's (16), name (40), subject (110), 12 blanks and `A`. Letters keep their case, lose their accents, and
 * go where they have no equivalent; a debtor without a fiscal code is `ANONIMO`, as in pagoPA's messages.
 */
export function dataMatrixText(slip: PostalSlip): string {
  const { noticeNumber, creditorFiscalCode, account, debtorFiscalCode = 'ANONIMO' } = slip
  invariant(isNoticeNumber(noticeNumber), 'a notice number has 18 digits')
  invariant(/^[0-9]{11}$/.test(creditorFiscalCode), 'a creditor fiscal code has 11 digits')
  invariant(/^[0-9]{12}$/.test(account), 'a postal account has 12 digits')
  const amount = slip.amountCents.toString().padStart(10, '0')
  invariant(
    slip.amountCents > 0n && amount.length === 10,
    'the amount of a postal slip has 10 digits at most',
  )
  return [
    'codfase=NBPA;',
    `18${noticeNumber}12${account}10${amount}3896`,
    '1P1',
    creditorFiscalCode,
    field(debtorFiscalCode.toUpperCase(), 16),
    field(slip.debtorName, 40),
    field(slip.subject, 110),
    ' '.repeat(12),
    'A',
  ].join('')
}

/** The text in so many ASCII characters, cut or filled with blanks. */
function field(text: string, length: number): string {
  return ascii(text).slice(0, length).padEnd(length)
}

function ascii(text: string): string {
  return Array.from(text.normalize('NFKC'), (character) => SPELLINGS[character] ?? character)
    .join('')
    .normalize('NFKD')
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .replace(/ {2,}/g, ' ')
}
