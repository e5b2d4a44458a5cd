import { formatDate, type RomeDate } from '#core/clock.ts'
import { formatMoney, parseAmount } from '#core/money.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { isItalianIban, plainIban } from './iban.ts'

/** How a setting is typed and shown. */
export type FieldKind =
  | 'text'
  | 'link'
  | 'email'
  | 'amount'
  | 'amounts'
  | 'whole'
  | 'day'
  | 'flag'
  | 'colour'
  | 'choice'
  | 'choices'
  | 'iban'

/** One setting of an entity as its forms ask for it. Texts: `onboarding.field.<name>`, `.hint`, `.example`. */
export interface Field {
  /** The form's field, unique within its page. */
  readonly name: string
  readonly kind: FieldKind
  /** Where it is stored: a column of `tenants`, and the path inside where the column is an object. */
  readonly at: readonly [Column, ...string[]]
  readonly required?: boolean
  /** May stay empty while the entity prepares itself, and not when it goes live. */
  readonly neededLive?: true
  readonly maxLength?: number
  /** What an empty field is stored as; left out: it is not stored. */
  readonly whenEmpty?: '' | null
  /** What may be chosen; texts `onboarding.field.<name>.option.<value>`. */
  readonly options?: readonly string[]
}

/** Columns of `tenants` that settings lie in. */
export type Column =
  | 'name'
  | 'branding'
  | 'policies'
  | 'creditor'
  | 'creditor_fiscal_code'
  | 'segregation_code'
  | 'service_id'
  | 'service_subject_id'

/** What a field's text means: a value to store, or which problem it has (`onboarding.problem.<problem>`). */
export type ReadField = { readonly value: unknown } | { readonly problem: string }

/** Reads what was typed into a field. */
export function readField(field: Field, typed: string): ReadField {
  const text = typed.trim()
  if (field.kind === 'flag') return { value: text === 'si' }
  if (text === '') return field.required ? { problem: 'missing' } : { value: field.whenEmpty }
  if (field.maxLength !== undefined && text.length > field.maxLength) return { problem: 'too_long' }
  return readers[field.kind](text, field)
}

const readers: Readonly<Record<Exclude<FieldKind, 'flag'>, (text: string, field: Field) => ReadField>> = {
  text: (text) => ({ value: text }),
  link: (text) => valueOr(URL.canParse(text) && /^https?:\/\/[^/]/.test(text), text, 'link'),
  email: (text) => valueOr(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text), text.toLowerCase(), 'email'),
  iban: (text) => valueOr(isItalianIban(plainIban(text)), plainIban(text), 'iban'),
  colour: (text) =>
    valueOr(/^#?[0-9a-f]{6}$/i.test(text), `#${text.replace('#', '').toLowerCase()}`, 'colour'),
  whole: (text) => valueOr(/^\d{1,4}$/.test(text), Number(text), 'whole'),
  day(text) {
    const day = readTypedDay(text)
    return day === undefined ? { problem: 'day' } : { value: day }
  },
  amount(text) {
    const cents = parseAmount(text)
    return cents === undefined ? { problem: 'amount' } : { value: Number(cents) }
  },
  amounts(text) {
    const amounts = text.split(/[;\s]+/).flatMap((part) => (part === '' ? [] : [parseAmount(part)]))
    return amounts.includes(undefined) ? { problem: 'amounts' } : { value: amounts.map(Number) }
  },
  choice: (text, { options = [] }) => valueOr(options.includes(text), text, 'choice'),
  choices(text, { options = [] }) {
    const chosen = options.filter((option) => text.split(' ').includes(option))
    return valueOr(chosen.length > 0, chosen, 'choices')
  },
}

function valueOr(isRight: boolean, value: unknown, problem: string): ReadField {
  return isRight ? { value } : { problem }
}

/** A stored value as the form shows it again. The same value is always the same text. */
export function fieldText({ kind }: Field, value: unknown): string {
  if (value === undefined || value === null) return ''
  switch (kind) {
    case 'flag':
      return value === true ? 'si' : 'no'
    case 'amount':
      return euros(value as number)
    case 'amounts':
      return (value as number[]).map(euros).join('; ')
    case 'choices':
      return (value as string[]).join(' ')
    case 'iban':
      return (value as string).replaceAll(/(.{4})(?=.)/g, '$1 ')
    default:
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}

/** A stored value in a sentence, in the reader's language: days and amounts as people write them. */
export function fieldWords(field: Field, value: unknown, language: 'it' | 'en'): string {
  if (value === undefined || value === null) return '–'
  if (field.kind === 'day') return formatDate(value as RomeDate, language)
  if (field.kind === 'amount') return formatMoney(BigInt(value as number), language)
  return fieldText(field, value)
}

/** Cents as they are typed: `5,00`. */
function euros(cents: number): string {
  return `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`
}
