import { formatDateTime } from '#core/clock.ts'
import type { ImportState } from '#core/db/import-tables.ts'
import type { Language, Translate } from '#core/i18n.ts'
import { translator } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import type { RowOutcome } from '#tenants/imports/kind.ts'
import type { Problem } from '#tenants/imports/problems.ts'
import type { ImportDossier } from '#tenants/imports/read.ts'
import type { ImportRowLine } from '../views/imports.ts'
import type { Badge, Tile } from '../views/tile.ts'

const TONES: Record<ImportState, Badge['tone']> = {
  uploaded: 'open',
  checking: 'waiting',
  wrong: 'failed',
  checked: 'open',
  approval: 'open',
  running: 'waiting',
  done: 'paid',
  failed: 'failed',
  withdrawn: 'plain',
  expired: 'plain',
}

/** How a file stands, in a word. */
export function stateBadge(state: ImportState, t: Translate): Badge {
  return { text: t(`imports.state.${state}`), tone: TONES[state] }
}

/** A mistake in words: where it is and what is wrong, with what is written there unless it tells of a person. */
export function problemLine(
  { row, column, what, value, other }: Problem,
  headerOf: (key: string) => string,
  t: Translate,
): { row: string; column: string; what: string } {
  const wholes = row === null ? t('imports.wrong.whole_file') : t('imports.wrong.whole_row')
  const takesValue = what.startsWith('control-') || what === 'till-closed'
  const problem = t(`imports.problem.${what}`, { value: value ?? '', other: other ?? '' })
  return {
    row: row === null ? '–' : String(row),
    column: column === null ? wholes : headerOf(column),
    what: value === null || takesValue ? problem : t('imports.problem_value', { problem, value }),
  }
}

/** What changes in a row, in words. */
export function rowLine({ row, about, changes }: RowOutcome, t: Translate): ImportRowLine {
  return {
    row,
    about,
    changes: changes.map(({ what, before, after }) =>
      t(before === '' ? 'imports.change_first' : 'imports.change_line', {
        what: t(`imports.change.${what}`),
        before,
        after,
      }),
    ),
  }
}

/** What a dry run, or the writing, comes to in numbers. */
export function countTiles(found: ImportDossier, language: Language): Tile[] {
  const t = translator(language)
  const tile = (key: string, value: string, tone: Tile['tone'] = 'plain', note = ''): Tile => ({
    label: t(`imports.tile.${key}`),
    value,
    note,
    href: null,
    tone,
  })
  const absent = found.result?.absent.count ?? 0
  return [
    tile('new', String(found.added), 'good'),
    tile('changed', String(found.changed), found.changed > 0 ? 'warning' : 'plain'),
    tile('unchanged', String(found.unchanged)),
    ...(absent > 0 ? [tile('absent', String(absent), 'plain', t('imports.tile.absent_note'))] : []),
    ...(found.control ? [tile('sum', formatMoney(found.control.cents, language))] : []),
  ]
}

/** `23/11/2026, 15:04, da Ada Ufficio` */
export function momentOf(at: Date, name: string, language: Language): string {
  return translator(language)('imports.fact.by', { at: formatDateTime(at, language), name })
}

/** The header of a column's key as the file has it; else as we call it. */
export function headerFinder(found: ImportDossier, t: Translate): (key: string) => string {
  return (key) => {
    const index = found.columns?.mapping[key]
    const header = index === undefined ? undefined : found.columns?.header[index]
    return header || t(`imports.column.${key}`)
  }
}
