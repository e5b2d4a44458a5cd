import { cents, parseAmount, wireAmount } from '#core/money.ts'
import { PRICE_MAX_CENTS, type TariffCell } from './tariff-plans.ts'

/** A plan as a matrix being written: texts as typed. Bands and siblings are the same in every block. */
export interface TariffDraft {
  /** Where each band ends; below them all stands one more row, for everybody else. */
  readonly bands: readonly string[]
  /** From which sibling each column counts. */
  readonly siblings: readonly number[]
  readonly blocks: readonly TariffBlock[]
}

/** The prices of one school, of one kind of day, of both, or (the first block) of everybody. */
export interface TariffBlock {
  readonly schoolId: string | null
  readonly dayType: string | null
  /** By band, then by sibling; empty where no price of its own is named. */
  readonly prices: readonly (readonly string[])[]
}

/** What is wrong with a field: `matrix` is the whole. */
export type DraftProblem = 'band' | 'band-missing' | 'band-repeated' | 'price' | 'empty'

const BANDS_MAX = 30
const SIBLINGS_MAX = 20
const BLOCKS_MAX = 60

/** How a price's field is called. */
export const priceField = (block: number, band: number, sibling: number) => `p-${block}-${band}-${sibling}`

/** The matrix of stored prices. */
export function draftOf(cells: readonly TariffCell[]): TariffDraft {
  const bands = [...new Set(cells.map(({ iseeUpToCents }) => iseeUpToCents))]
    .filter((band): band is bigint => band !== null)
    .toSorted((a, b) => (a < b ? -1 : 1))
  const siblings = [...new Set([1, ...cells.map(({ siblingFrom }) => siblingFrom)])].toSorted((a, b) => a - b)
  const everybody = { schoolId: null, dayType: null }
  const kinds = new Map([everybody, ...cells].map((one) => [`${one.schoolId}/${one.dayType}`, one]))
  const blocks = [...kinds.values()].map(({ schoolId, dayType }) => ({
    schoolId,
    dayType,
    prices: [...bands, null].map((band) =>
      siblings.map((sibling) => {
        const cell = cells.find(
          (one) =>
            one.schoolId === schoolId &&
            one.dayType === dayType &&
            one.iseeUpToCents === band &&
            one.siblingFrom === sibling,
        )
        return cell ? amountText(cell.priceCents) : ''
      }),
    ),
  }))
  return { bands: bands.map(amountText), siblings, blocks }
}

/** The matrix as a posted form holds it. */
export function readDraft(fields: Readonly<Record<string, string>>): TariffDraft {
  const count = (name: string, least: number, most: number) =>
    Math.min(Math.max(Number.parseInt(fields[name] ?? '', 10) || least, least), most)
  const list = <Value>(length: number, make: (index: number) => Value) =>
    Array.from({ length }, (_, n) => make(n))
  const bands = list(count('bands', 0, BANDS_MAX), (n) => (fields[`band-${n}`] ?? '').trim())
  const siblings = list(count('columns', 1, SIBLINGS_MAX), (n) => {
    const from = Number(fields[`sibling-${n}`])
    return Number.isInteger(from) && from >= 1 && from <= SIBLINGS_MAX ? from : n + 1
  })
  const blocks = list(count('blocks', 1, BLOCKS_MAX), (block) => ({
    schoolId: (block > 0 && fields[`school-${block}`]) || null,
    dayType: (block > 0 && fields[`day-${block}`]?.trim().slice(0, 30)) || null,
    prices: list(bands.length + 1, (band) =>
      siblings.map((_, sibling) => (fields[priceField(block, band, sibling)] ?? '').trim()),
    ),
  }))
  return { bands, siblings, blocks }
}

/** A matrix with one more band above "everybody else". */
export function withBand(draft: TariffDraft): TariffDraft {
  if (draft.bands.length >= BANDS_MAX) return draft
  const empty = draft.siblings.map(() => '')
  const blocks = draft.blocks.map((block) => ({
    ...block,
    prices: [...block.prices.slice(0, -1), empty, block.prices.at(-1)!],
  }))
  return { ...draft, bands: [...draft.bands, ''], blocks }
}

/** A matrix with a column for one more sibling. */
export function withSibling(draft: TariffDraft): TariffDraft {
  const next = draft.siblings.at(-1)! + 1
  if (next > SIBLINGS_MAX) return draft
  const blocks = draft.blocks.map((block) => ({ ...block, prices: block.prices.map((row) => [...row, '']) }))
  return { ...draft, siblings: [...draft.siblings, next], blocks }
}

/** A matrix with a block for a school or a kind of day; the same one where it has that block already. */
export function withBlock(
  draft: TariffDraft,
  { schoolId, dayType }: Pick<TariffBlock, 'schoolId' | 'dayType'>,
): TariffDraft {
  const isThere = draft.blocks.some((block) => block.schoolId === schoolId && block.dayType === dayType)
  if (isThere || draft.blocks.length >= BLOCKS_MAX) return draft
  const prices = [...draft.bands, ''].map(() => draft.siblings.map(() => ''))
  return { ...draft, blocks: [...draft.blocks, { schoolId, dayType, prices }] }
}

/** The prices of a matrix, or what is wrong by the field's name. A band or a block without any price is left out. */
export function cellsOf(
  draft: TariffDraft,
): { cells: TariffCell[] } | { problems: ReadonlyMap<string, DraftProblem> } {
  const problems = new Map<string, DraftProblem>()
  const bands = draft.bands.map((text, index) => readBand(draft, text, index, problems))
  const cells = draft.blocks.flatMap(({ schoolId, dayType, prices }, block) =>
    prices.flatMap((row, band) =>
      row.flatMap((text, sibling): TariffCell[] => {
        if (text === '') return []
        const priceCents = parseAmount(text)
        if (priceCents === undefined || priceCents > PRICE_MAX_CENTS) {
          problems.set(priceField(block, band, sibling), 'price')
          return []
        }
        const iseeUpToCents = band < bands.length ? (bands[band] ?? null) : null
        return [{ schoolId, dayType, iseeUpToCents, siblingFrom: draft.siblings[sibling]!, priceCents }]
      }),
    ),
  )
  if (cells.length === 0 && problems.size === 0) problems.set(priceField(0, bands.length, 0), 'empty')
  return problems.size > 0 ? { problems } : { cells }
}

function readBand(
  draft: TariffDraft,
  text: string,
  index: number,
  problems: Map<string, DraftProblem>,
): bigint | undefined {
  const field = `band-${index}`
  const amount = parseAmount(text)
  const hasPrice = draft.blocks.some(({ prices }) => prices[index]?.some((price) => price !== ''))
  if (text === '') {
    if (hasPrice) problems.set(field, 'band-missing')
  } else if (amount === undefined) problems.set(field, 'band')
  else if (draft.bands.slice(0, index).some((other) => parseAmount(other) === amount))
    problems.set(field, 'band-repeated')
  return amount
}

/** An amount as it is typed: `5,20`. */
export function amountText(value: bigint): string {
  return wireAmount(cents(value)).replace('.', ',')
}
