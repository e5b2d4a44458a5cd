import { translator, type Language } from '#core/i18n.ts'
import { formatMoney, parseAmount } from '#core/money.ts'
import { priceField, type DraftProblem, type TariffDraft } from '#meals/tariff-draft.ts'
import type { MatrixBlock, TariffView } from '../views/tariffs.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** A matrix as its page shows it, with what is wrong beside each field. */
export function matrixView(
  draft: TariffDraft,
  problems: ReadonlyMap<string, DraftProblem>,
  schools: readonly Named[],
  language: Language,
): Pick<TariffView, 'columns' | 'blocks' | 'bandCount' | 'columnCount' | 'blockCount' | 'errors'> {
  const t = translator(language)
  const errorOf = (field: string) => {
    const problem = problems.get(field)
    return problem ? t(`tariffs.problem.${problem}`) : ''
  }
  const columns = draft.siblings.map((from, index) => ({
    name: `sibling-${index}`,
    from: String(from),
    label: siblingLabel(from, draft.siblings.length === 1, language),
  }))
  return {
    columns,
    bandCount: String(draft.bands.length),
    columnCount: String(columns.length),
    blockCount: String(draft.blocks.length),
    blocks: draft.blocks.map((block, index): MatrixBlock => {
      const title = blockTitle(block, schools, language)
      return {
        index: String(index),
        title,
        schoolId: block.schoolId ?? '',
        dayType: block.dayType ?? '',
        isFirst: index === 0,
        rows: block.prices.map((row, band) => {
          const isLast = band === draft.bands.length
          const label = isLast
            ? t(draft.bands.length === 0 ? 'tariffs.band.everybody' : 'tariffs.band.rest')
            : bandLabel(draft.bands[band]!, language)
          return {
            label,
            band: index === 0 && !isLast ? `band-${band}` : '',
            bandValue: draft.bands[band] ?? '',
            bandError: index === 0 ? errorOf(`band-${band}`) : '',
            cells: row.map((value, sibling) => ({
              name: priceField(index, band, sibling),
              label: `${title}, ${label}, ${columns[sibling]!.label}`,
              column: columns[sibling]!.label,
              value,
              error: errorOf(priceField(index, band, sibling)),
            })),
          }
        }),
      }
    }),
    errors: Object.fromEntries(
      [...problems].map(([field, problem]) => [field, t(`tariffs.problem.${problem}`)]),
    ),
  }
}

/** What the fields of a matrix hold, to be carried through a page that asks for a word. */
export function draftFields(draft: TariffDraft): { name: string; value: string }[] {
  const fields: [string, string][] = [
    ['bands', String(draft.bands.length)],
    ['columns', String(draft.siblings.length)],
    ['blocks', String(draft.blocks.length)],
    ...draft.bands.map((value, index): [string, string] => [`band-${index}`, value]),
    ...draft.siblings.map((from, index): [string, string] => [`sibling-${index}`, String(from)]),
    ...draft.blocks.flatMap(({ schoolId, dayType, prices }, block): [string, string][] => [
      [`school-${block}`, schoolId ?? ''],
      [`day-${block}`, dayType ?? ''],
      ...prices.flatMap((row, band) =>
        row.map((value, sibling): [string, string] => [priceField(block, band, sibling), value]),
      ),
    ]),
  ]
  return fields.map(([name, value]) => ({ name, value }))
}

/** Whom a block is for. */
export function blockTitle(
  { schoolId, dayType }: { schoolId: string | null; dayType: string | null },
  schools: readonly Named[],
  language: Language,
): string {
  if (schoolId === null && dayType === null) return translator(language)('tariffs.block.everybody')
  const school = schools.find(({ id }) => id === schoolId)?.name
  return [school, dayType].filter(Boolean).join(' · ')
}

function siblingLabel(from: number, isOnly: boolean, language: Language): string {
  const t = translator(language)
  return isOnly ? t('tariffs.column.price') : t('tariffs.column.sibling', { number: from })
}

function bandLabel(typed: string, language: Language): string {
  const t = translator(language)
  const amount = parseAmount(typed)
  return amount === undefined
    ? t('tariffs.band.new')
    : t('tariffs.band.up_to', { amount: formatMoney(amount, language) })
}
