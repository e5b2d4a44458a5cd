import { romeDate } from '#core/clock.ts'
import { CSV_START, csvLine } from '#core/csv.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { readCents } from '#core/reconciliation/bank-columns.ts'
import type { PageContext } from '#pages/context.ts'
import { formWithFile } from '#pages/form.ts'
import type { PageStatus } from '#pages/frame.ts'
import { FILE_KEPT_DAYS } from '#tenants/imports/import-jobs.ts'
import type { ImportKind } from '#tenants/imports/kind.ts'
import { listImports } from '#tenants/imports/read.ts'
import { uploadImport } from '#tenants/imports/upload.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import type { OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ImportNewView, ImportsView } from '../views/imports.ts'
import { importsOf, kindOfSlug, kindsFor } from './import-kind.ts'
import { stateBadge } from './import-words.ts'

/** `{base}/importazioni`: the way in for files, with templates to fill. */
export function importsRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /importazioni', async (context, staff) =>
    page(parts, context, 'office/imports', await list(parts, context, staff)),
  )

  officeRoute(app, 'GET /importazioni/nuova', (context, staff) => {
    const kind = kindOfSlug(context.req.query('tipo'), staff)
    if (!kind) return context.redirect(importsOf(context), 303)
    kind.assertOpen?.(context.var.tenant, romeDate(parts.services.clock.now()))
    return page(parts, context, 'office/import-new', form(parts, context, kind))
  })

  officeRoute(app, 'POST /importazioni/nuova', async (context, staff) => {
    const { fields, file } = await formWithFile(context, 'file')
    parts.forms.check(fields.form, staff.accountId)
    const kind = kindOfSlug(fields.tipo, staff)
    if (!kind) return context.redirect(importsOf(context), 303)
    kind.assertOpen?.(context.var.tenant, romeDate(parts.services.clock.now()))
    const values = { rows: (fields.rows ?? '').trim(), sum: (fields.sum ?? '').trim() }
    const t = translator(context.var.language)
    const control = kind.controlColumn ? readControl(values) : null
    const errors = {
      ...(!file && { file: t('imports.error.file') }),
      ...(control?.rows === undefined && control && { rows: t('imports.error.rows') }),
      ...(control?.cents === undefined && control && { sum: t('imports.error.sum') }),
    }
    const again = (wrong: ImportNewView['errors'], status: PageStatus) =>
      page(
        parts,
        context,
        'office/import-new',
        { ...form(parts, context, kind), values, errors: wrong },
        status,
      )
    if (!file || Object.keys(errors).length > 0) return again(errors, 422)
    try {
      const id = await uploadImport(parts.services, kind, context.var.tenant.id, {
        name: file.name,
        bytes: new Uint8Array(await file.arrayBuffer()),
        accountId: staff.accountId,
        control: control && { rows: control.rows!, cents: control.cents! },
      })
      return context.redirect(`${importsOf(context)}/${id}`, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.startsWith('import.')) throw error
      const { status, detail } = faultText(error, context.var.language)
      return again({ file: detail }, status as PageStatus)
    }
  })

  officeRoute(app, 'GET /importazioni/modello.csv', (context, staff) => {
    const kind = kindOfSlug(context.req.query('tipo'), staff)
    if (!kind) return context.redirect(importsOf(context), 303)
    return context.body(templateOf(kind, context), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="modello-${kind.slug}.csv"`,
    })
  })
}

/** The columns under the names by which we know them, and two invented rows. */
function templateOf({ columns }: ImportKind, context: PageContext): string {
  const t = translator(context.var.language)
  const header = columns.map(({ key }) => t(`imports.column.${key}`))
  return (
    CSV_START +
    [header, ...[0, 1].map((row) => columns.map(({ examples }) => examples[row]!))].map(csvLine).join('')
  )
}

function readControl({ rows, sum }: { rows: string; sum: string }) {
  const count = /^\d{1,3}(?:[. ]?\d{3})*$/.test(rows) ? Number(rows.replaceAll(/[. ]/g, '')) : undefined
  return { rows: count !== undefined && count <= 1_000_000 ? count : undefined, cents: readCents(sum) }
}

async function list(parts: OfficeParts, context: PageContext, staff: Staff): Promise<ImportsView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const base = importsOf(context)
  const kinds = kindsFor(staff)
  const lines = await listImports(
    parts.services.db,
    tenant.id,
    kinds.map(({ id }) => id),
  )
  return {
    ...frame(parts, context, 'imports'),
    kinds: kinds.map((kind) => {
      const refusal = refusalOf(parts, context, kind)
      return {
        title: t(`imports.kind.${kind.id}`),
        text: refusal ?? t(`imports.kind.${kind.id}.text`),
        uploadHref: refusal === null ? `${base}/nuova?tipo=${kind.slug}` : null,
        templateHref: `${base}/modello.csv?tipo=${kind.slug}`,
      }
    }),
    rows: lines.map((line) => ({
      href: `${base}/${line.id}`,
      fileName: line.fileName,
      kind: t(`imports.kind.${line.kind}`),
      fileRows: line.fileRows,
      at: line.uploadedAt,
      by: line.uploadedBy,
      state: stateBadge(line.state, t),
    })),
  }
}

/** Why no file of a kind is taken any more, in words; null while one is. */
function refusalOf(parts: OfficeParts, context: PageContext, kind: ImportKind): string | null {
  try {
    kind.assertOpen?.(context.var.tenant, romeDate(parts.services.clock.now()))
    return null
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return faultText(error, context.var.language).detail
  }
}

function form(parts: OfficeParts, context: PageContext, kind: ImportKind): ImportNewView {
  const t = translator(context.var.language)
  const base = importsOf(context)
  const lines = (wanted: boolean) =>
    kind.columns
      .filter(({ required = false }) => required === wanted)
      .map(({ key }) => ({ label: t(`imports.column.${key}`), hint: t(`imports.column.${key}.hint`) }))
  return {
    ...frame(parts, context, 'imports'),
    parentHref: base,
    slug: kind.slug,
    kind: t(`imports.kind.${kind.id}`),
    text: t(`imports.kind.${kind.id}.text`),
    templateHref: `${base}/modello.csv?tipo=${kind.slug}`,
    needed: lines(true),
    optional: lines(false),
    hasControl: kind.controlColumn !== undefined,
    keptDays: FILE_KEPT_DAYS,
    values: { rows: '', sum: '' },
    errors: {},
  }
}
