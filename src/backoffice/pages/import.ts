import { CSV_START, csvLine } from '#core/csv.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import {
  approveImport,
  chooseColumns,
  confirmImport,
  retryImport,
  withdrawImport,
  type ImportOwner,
} from '#tenants/imports/decide.ts'
import type { ImportKind } from '#tenants/imports/kind.ts'
import { readReport, type ImportDossier } from '#tenants/imports/read.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { type OfficeRoute } from '../routes.ts'
import type { OfficeParts } from '../context.ts'
import { page } from '../frame.ts'
import { columnsView, readColumns } from './import-columns.ts'
import { importOfAddress, importsOf } from './import-kind.ts'
import { importView } from './import-view.ts'
import { headerFinder, problemLine } from './import-words.ts'

/** `{base}/importazioni/<id>`: one file, from its columns to its report. */
export function importRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /importazioni/:id', async (context, staff) => {
    const { kind, found } = await importOfAddress(parts, context, staff)
    if (found.state === 'uploaded' || (context.req.query('colonne') !== undefined && mayMapAgain(found)))
      return page(parts, context, 'office/import-columns', columnsView(parts, context, kind, found))
    return page(parts, context, 'office/import', importView(parts, context, staff, kind, found))
  })

  officeRoute(app, 'GET /importazioni/:id/errori.csv', async (context, staff) => {
    const { kind, found } = await importOfAddress(parts, context, staff)
    if (found.state !== 'wrong' || !found.result) throw new DomainError('resource.not_found')
    const t = translator(context.var.language)
    const headerOf = headerFinder(found, t)
    const lines = found.result.problems.map((problem) => problemLine(problem, headerOf, t))
    return csvFile(context, `errori-${kind.slug}.csv`, [
      ['row', 'column', 'problem'].map((head) => t(`imports.head.${head}`)),
      ...lines.map(({ row, column, what }) => [row, column, what]),
    ])
  })

  officeRoute(app, 'POST /importazioni/:id/colonne', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const { kind, found } = await importOfAddress(parts, context, staff)
    if (!found.columns || !mayMapAgain(found)) return backTo(context, found, 'stato')
    const read = readColumns(kind, found.columns, fields, services.clock.now(), context.var.language)
    if (Object.keys(read.errors).length > 0) {
      const view = columnsView(parts, context, kind, found, { ...read, fields })
      return page(parts, context, 'office/import-columns', view, 422)
    }
    return deciding(context, found, () =>
      chooseColumns(services, kind, ownerOf(context, staff, found), read.mapping, read.options),
    )
  })

  decision('POST /importazioni/:id/conferma', (kind, owner) => confirmImport(services, kind, owner))
  decision('POST /importazioni/:id/approva', (kind, owner) => approveImport(services, kind, owner))
  decision('POST /importazioni/:id/riprova', (_, owner) => retryImport(services, owner))
  decision('POST /importazioni/:id/ritira', (_, owner) => withdrawImport(services, owner))

  function decision(
    route: OfficeDecision,
    decide: (kind: ImportKind, owner: ImportOwner) => Promise<void>,
  ): void {
    officeRoute(app, route, async (context, staff) => {
      const fields = await formFields(context)
      parts.forms.check(fields.form, staff.accountId)
      const { kind, found } = await importOfAddress(parts, context, staff)
      return deciding(context, found, () => decide(kind, ownerOf(context, staff, found)))
    })
  }

  officeRoute(app, 'POST /importazioni/:id/resoconto.csv', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const { kind, found } = await importOfAddress(parts, context, staff)
    const t = translator(context.var.language)
    if (fields.letto !== 'si') {
      const view = importView(parts, context, staff, kind, found)
      return page(
        parts,
        context,
        'office/import',
        { ...view, errors: { letto: t('imports.error.confirm') } },
        422,
      )
    }
    const outcomes = await readReport(services, ownerOf(context, staff, found))
    const nothing = { what: '', before: '', after: '' }
    return csvFile(context, `resoconto-${kind.slug}.csv`, [
      ['row', 'outcome', 'about', 'what', 'before', 'after'].map((head) => t(`imports.head.${head}`)),
      ...outcomes.flatMap(({ row, outcome, about, changes }) =>
        (changes.length > 0 ? changes : [nothing]).map(({ what, before, after }) => [
          String(row),
          t(`imports.outcome.${outcome}`),
          about,
          what && t(`imports.change.${what}`),
          before,
          after,
        ]),
      ),
    ])
  })
}

type OfficeDecision = Extract<
  OfficeRoute,
  `POST /importazioni/:id/${'conferma' | 'approva' | 'riprova' | 'ritira'}`
>

/** Columns can be chosen anew until somebody has confirmed. */
function mayMapAgain({ state }: ImportDossier): boolean {
  return state === 'uploaded' || state === 'wrong' || state === 'checked' || state === 'failed'
}

function ownerOf(context: PageContext, { accountId }: Staff, { id }: ImportDossier): ImportOwner {
  return { tenantId: context.var.tenant.id, accountId, importId: id }
}

/** Does it and shows the file again. Whoever comes second is told on its page how it stands now. */
async function deciding(
  context: PageContext,
  found: ImportDossier,
  work: () => Promise<void>,
): Promise<Response> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'import.state') throw error
    return backTo(context, found, 'stato')
  }
  return backTo(context, found)
}

function backTo(context: PageContext, { id }: ImportDossier, news?: string): Response {
  return context.redirect(`${importsOf(context)}/${id}${news ? `?fatto=${news}` : ''}`, 303)
}

function csvFile(context: PageContext, name: string, lines: readonly (readonly string[])[]): Response {
  return context.body(CSV_START + lines.map(csvLine).join(''), 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  })
}
