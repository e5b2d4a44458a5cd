import { isRomeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator, type Language } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import { formatMoney } from '#core/money.ts'
import { statementResult, type StatementResult } from '#core/office/statements.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { BankFileError } from '#core/reconciliation/bank-file.ts'
import { listBankMovements, type BankMovement } from '#core/reconciliation/read-bank.ts'
import type { PageContext } from '#pages/context.ts'
import { formWithFile } from '#pages/form.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address, choice } from '../query.ts'
import type { BankView, MovementRow } from '../views/reconciliation.ts'
import type { Badge, Tile } from '../views/tile.ts'

const SHOWN = ['pagopa', 'unmatched'] as const

/** The entity's bank account: statements handed in, and their movements. */
export function bankRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /riconciliazione/banca', async (context, staff) =>
    page(parts, context, 'office/bank', await view(parts, context, staff, {})),
  )

  officeRoute(app, 'POST /riconciliazione/banca', async (context, staff) => {
    const { tenant, language } = context.var
    const { fields, file } = await formWithFile(context, 'file')
    parts.forms.check(fields.form, staff.accountId)
    if (!file) {
      const errors = { file: translator(language)('office.bank.error_none') }
      return page(parts, context, 'office/bank', await view(parts, context, staff, { errors }), 422)
    }
    try {
      // The same file again changes nothing, so a second click needs no other care.
      const { statementId } = await importBankStatement(
        services.db,
        tenant.id,
        {
          fileName: file.name,
          bytes: new Uint8Array(await file.arrayBuffer()),
          accountId: staff.accountId,
        },
        services.clock.now(),
      )
      return context.redirect(`${officeOf(tenant)}/riconciliazione/banca?estratto=${statementId}`, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.startsWith('bank_statement.')) throw error
      const { status } = faultText(error, language)
      const refused = await view(parts, context, staff, wrongFile(error, language))
      return page(parts, context, 'office/bank', refused, status as 422)
    }
  })
}

/** What is wrong with the file: one sentence, and row by row where it is a matter of rows. */
function wrongFile(
  error: DomainError,
  language: Language,
): Pick<BankView, 'errors' | 'problems' | 'moreProblems'> {
  const t = translator(language)
  const isOfRows = error instanceof BankFileError
  const problems = isOfRows ? error.problems : []
  const count = Number(error.details.problems ?? problems.length)
  return {
    errors: { file: isOfRows ? t('office.bank.error_rows', { count }) : faultText(error, language).detail },
    problems: problems.map(({ row, column, problem }) => ({
      row,
      column: column ?? '–',
      what: t(`office.bank.problem.${problem}`),
    })),
    moreProblems: count - problems.length,
  }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  { role }: Staff,
  refused: Partial<Pick<BankView, 'errors' | 'problems' | 'moreProblems'>>,
): Promise<BankView> {
  const { db } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const path = `${officeOf(tenant)}/riconciliazione/banca`
  const statementId = context.req.query('estratto') ?? ''
  const only = choice(context, 'mostra', SHOWN)
  const before = readKey(context.req.query('dopo'))
  const { items, next } = await listBankMovements(db, tenant.id, { only, before })
  if (statementId && !isId(statementId)) throw new DomainError('resource.not_found')
  const result = statementId ? await statementResult(db, tenant.id, statementId) : undefined
  return {
    ...frame(parts, context, 'reconciliation'),
    parentHref: `${officeOf(tenant)}/riconciliazione`,
    mayUpload: mayUse(role, 'POST /riconciliazione/banca'),
    errors: {},
    problems: [],
    moreProblems: 0,
    ...refused,
    result: result
      ? { fileName: result.fileName, uploadedAt: result.uploadedAt, tiles: resultTiles(result, language) }
      : null,
    filters: SHOWN.map((value) => ({
      value,
      label: t(`office.bank.show.${value}`),
      selected: value === only,
    })),
    rows: items.map((movement) => movementRow(movement, officeOf(tenant), language)),
    nextHref: next ? address(path, { mostra: only, dopo: `${next.bookedOn}_${next.id}` }) : null,
    firstHref: before ? address(path, { mostra: only }) : null,
  }
}

/** Movements have days, not times: their key is written with one. */
function readKey(text: string | undefined) {
  const [, bookedOn = '', id = ''] = /^(\d{4}-\d{2}-\d{2})_(.{36})$/.exec(text ?? '') ?? []
  return isRomeDate(bookedOn) && isId(id) ? { bookedOn, id } : undefined
}

function resultTiles(result: StatementResult, language: Language): Tile[] {
  const t = translator(language)
  const tile = (key: string, value: string, warns = false): Tile => ({
    label: t(`office.bank.result.${key}`),
    value,
    note: '',
    href: null,
    tone: warns ? 'warning' : 'plain',
  })
  return [
    tile('movements', String(result.movements)),
    tile('added', String(result.added)),
    tile('pagopa', String(result.pagopa)),
    tile('matched', `${result.matched} · ${formatMoney(result.matchedCents, language)}`),
    tile('unmatched', String(result.pagopa - result.matched), result.pagopa > result.matched),
  ]
}

function movementRow(movement: BankMovement, base: string, language: Language): MovementRow {
  const { flow } = movement
  return {
    on: movement.bookedOn,
    cents: movement.amountCents,
    remittance: movement.remittance,
    match: matchOf(movement, language),
    flow: flow ? { href: `${base}/riconciliazione/flussi/${flow.id}`, name: flow.flowId } : null,
  }
}

function matchOf({ kind, flow, receiptRowId }: BankMovement, language: Language): Badge {
  const t = translator(language)
  if (kind === undefined) return { text: t('office.bank.match.other'), tone: 'plain' }
  return flow || receiptRowId
    ? { text: t('office.bank.match.matched'), tone: 'paid' }
    : { text: t('office.bank.match.unmatched'), tone: 'open' }
}
