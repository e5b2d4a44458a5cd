import { addDays, formatDate, romeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { readTypedDay } from '#core/typed-day.ts'
import type { ImportKind, ImportOptions } from '#tenants/imports/kind.ts'
import type { Mapping } from '#tenants/imports/mapping.ts'
import type { ImportDossier } from '#tenants/imports/read.ts'
import type { FileColumns } from '#tenants/imports/upload.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import type { OfficeParts } from '../context.ts'
import { frame } from '../frame.ts'
import type { ImportColumnsView } from '../views/imports.ts'
import { importsOf } from './import-kind.ts'

/** What was chosen on the page of columns. */
export interface ChosenColumns {
  readonly mapping: Mapping
  readonly options: ImportOptions
  readonly errors: Readonly<Record<string, string>>
}

/** Reads the form of columns: needed ones are there, none is chosen twice. */
export function readColumns(
  { columns, options: asked }: ImportKind,
  { header }: FileColumns,
  fields: Readonly<Record<string, string>>,
  now: Date,
  language: Language,
): ChosenColumns {
  const t = translator(language)
  const mapping: Record<string, number> = {}
  const errors: Record<string, string> = {}
  const taken = new Set<number>()
  for (const { key, required } of columns) {
    const text = fields[`colonna_${key}`] ?? ''
    const index = /^\d{1,3}$/.test(text) && Number(text) < header.length ? Number(text) : undefined
    if (index === undefined) {
      if (required) errors[`colonna_${key}`] = t('imports.error.column')
      continue
    }
    if (taken.has(index)) errors[`colonna_${key}`] = t('imports.error.twice', { column: letterOf(index) })
    taken.add(index)
    mapping[key] = index
  }
  const today = romeDate(now)
  const day = readTypedDay((fields.giorno ?? '').trim())
  if (asked.includes('day') && (day === undefined || day > today)) errors.giorno = t('imports.error.day')
  const years = yearsAround(now)
  const options: ImportOptions = {
    ...(asked.includes('schoolYear') && {
      schoolYear: years.find((one) => one === fields.anno) ?? years[0]!,
    }),
    ...(asked.includes('createSchools') && { createSchools: fields.scuole === 'si' }),
    ...(asked.includes('day') && day !== undefined && { day }),
  }
  return { mapping, options, errors }
}

/** This school year and the next: files for September come in June. */
function yearsAround(now: Date): string[] {
  const today = romeDate(now)
  return [schoolYearOf(today), schoolYearOf(addDays(today, 365))]
}

/** The page of columns, as proposed, or as it was posted. */
export function columnsView(
  parts: OfficeParts,
  context: PageContext,
  { id: kindId, columns, options }: ImportKind,
  found: ImportDossier,
  posted?: ChosenColumns & { fields: Readonly<Record<string, string>> },
): ImportColumnsView {
  const { language } = context.var
  const t = translator(language)
  const now = parts.services.clock.now()
  const { header, samples, isRemembered } = found.columns!
  const mapping = posted?.mapping ?? found.columns!.mapping
  const chosen = posted?.options ?? found.options
  const day = chosen.day ? formatDate(chosen.day) : formatDate(romeDate(now))
  const choices = header.map((name, index) =>
    t('imports.columns.letter', { letter: letterOf(index), name: name || t('imports.columns.nameless') }),
  )
  return {
    ...frame(parts, context, 'imports'),
    parentHref: importsOf(context),
    id: found.id,
    kind: t(`imports.kind.${kindId}`),
    fileName: found.fileName,
    isRemembered,
    fields: columns.map(({ key, required = false }) => {
      const at = mapping[key]
      const values = at === undefined ? [] : samples.map((cells) => cells[at] ?? '').filter(Boolean)
      return {
        name: `colonna_${key}`,
        label: t(`imports.column.${key}`),
        hint: t(`imports.column.${key}.hint`),
        required,
        options: choices.map((label, index) => ({ value: String(index), label, selected: index === at })),
        example: values.length > 0 ? t('imports.columns.example', { values: values.join(' · ') }) : '',
        error: posted?.errors[`colonna_${key}`] ?? '',
      }
    }),
    years: options.includes('schoolYear')
      ? yearsAround(now).map((year) => ({ value: year, label: year, selected: year === chosen.schoolYear }))
      : [],
    createSchools: options.includes('createSchools') ? (chosen.createSchools ?? false) : null,
    day: options.includes('day') ? (posted?.fields.giorno ?? day) : null,
    errors: posted?.errors ?? {},
  }
}

/** A column as spreadsheets call it, from 0: A, B … Z, AA. */
function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter
}
