import { Readable } from 'node:stream'
import { audit, AUDIT_ACTIONS } from '#core/audit.ts'
import { CSV_START, csvLine } from '#core/csv.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator, type Language } from '#core/i18n.ts'
import { readAuditLog, type AuditFilter, type AuditKey, type AuditLine } from '#core/office/audit-log.ts'
import type { PageContext } from '#pages/context.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { readTypedDay } from '#core/typed-day.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address, choice, typed } from '../query.ts'
import type { AuditLogView, AuditRow } from '../views/staff.ts'

/** Rows that an export reads at a time: it may be long, and is written as it is read. */
const EXPORT_STEP = 1_000
/** The things that have a word of their own here; any other is "something else". */
const SUBJECTS = [
  'account',
  'bank_statement',
  'child',
  'diet',
  'difference',
  'menu',
  'receipt',
  'session',
  'staff_token',
]
const METHODS = ['password', 'spid', 'cie']
const FACES = ['app', 'office', 'portal']

/** The log of sign-ins and of what was done with a right. */
export function auditLogRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /registro', async (context, staff) =>
    page(parts, context, 'office/audit-log', await view(parts, context, staff)),
  )

  officeRoute(app, 'GET /registro.csv', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const filter = { action: choice(context, 'azione', AUDIT_ACTIONS), day: dayOf(context).day }
    const details = { action: filter.action ?? null, day: filter.day ?? null }
    const actor = { kind: 'staff', id: accountId } as const
    // Written first: a file that is cut short has left the house all the same.
    await inTenant(services.db, tenant.id, (tx) =>
      audit(tx, tenant.id, { actor, action: 'audit.exported', details }, services.clock.now()),
    )
    const lines = exported(parts, tenant.id, filter, language)
    return context.body(Readable.toWeb(Readable.from(lines)) as ReadableStream, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="registro-${tenant.slug}.csv"`,
      'cache-control': 'no-store',
    })
  })
}

async function* exported(
  { services }: OfficeParts,
  tenantId: string,
  filter: AuditFilter,
  language: Language,
): AsyncGenerator<Uint8Array> {
  const t = translator(language)
  const bytes = new TextEncoder()
  const columns = ['at', 'who', 'what', 'action', 'about', 'id', 'details']
  yield bytes.encode(CSV_START + csvLine(columns.map((column) => t(`office.audit.column.${column}`))))
  let before: AuditKey | undefined
  do {
    const found = await readAuditLog(services.db, tenantId, filter, { before, limit: EXPORT_STEP })
    yield bytes.encode(found.items.map((line) => csvLine(fieldsOf(line, language))).join(''))
    before = found.next
  } while (before)
}

function fieldsOf(line: AuditLine, language: Language): string[] {
  return [
    line.at.toISOString(),
    whoOf(line, language),
    translator(language)(`audit.${line.action}`),
    line.action,
    aboutOf(line, language),
    line.subject?.id ?? '',
    JSON.stringify(line.details),
  ]
}

async function view(parts: OfficeParts, context: PageContext, { role }: Staff): Promise<AuditLogView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const action = choice(context, 'azione', AUDIT_ACTIONS)
  const { day, text, isWrong } = dayOf(context)
  const before = readPageKey(context.req.query('dopo'))
  const { items, next } = await readAuditLog(parts.services.db, tenant.id, { action, day }, { before })
  const path = `${base}/registro`
  const here = (dopo?: string) => address(path, { azione: action, giorno: day, dopo })
  return {
    ...frame(parts, context, 'audit'),
    actions: AUDIT_ACTIONS.map((value) => ({
      value,
      label: t(`audit.${value}`),
      selected: value === action,
    })),
    values: { giorno: text },
    errors: isWrong ? { giorno: t('office.audit.error_day') } : {},
    filtered: here() !== path,
    rows: items.map((line) => rowOf(line, base, language)),
    exportHref: mayUse(role, 'GET /registro.csv')
      ? address(`${path}.csv`, { azione: action, giorno: day })
      : null,
    nextHref: next ? here(writePageKey(next)) : null,
    firstHref: before ? here() : null,
  }
}

function dayOf(context: PageContext) {
  const text = typed(context, 'giorno')
  const day = readTypedDay(text)
  return { day, text: day ?? text, isWrong: text !== '' && day === undefined }
}

function rowOf(line: AuditLine, base: string, language: Language): AuditRow {
  const { action, subject } = line
  return {
    at: line.at,
    what: translator(language)(`audit.${action}`),
    how: howOf(line, language),
    who: whoOf(line, language),
    about: aboutOf(line, language),
    aboutHref: subject ? hrefOf(subject, base) : null,
  }
}

/** The page of what a line is about, where it has one that every reader of the log may open. */
function hrefOf({ kind, id }: NonNullable<AuditLine['subject']>, base: string): string | null {
  if (kind === 'difference') return `${base}/riconciliazione/differenze/${id}`
  return kind === 'child' ? `${base}/alunni/${id}` : null
}

/** A colleague's name, or what kind of person or machine it was: no parent is named. */
function whoOf({ actor }: AuditLine, language: Language): string {
  return actor.name ?? translator(language)(`office.audit.who.${actor.kind}`)
}

function aboutOf({ subject }: AuditLine, language: Language): string {
  // A session is the sign-in that the line already tells of.
  if (!subject || subject.kind === 'session') return ''
  const known = SUBJECTS.includes(subject.kind) ? subject.kind : 'other'
  return subject.name ?? translator(language)(`office.audit.about.${known}`)
}

/** The way of a sign-in and where it led; the page on which support was at work; what was done in part. */
function howOf({ details }: AuditLine, language: Language): string {
  const t = translator(language)
  const words = []
  if (METHODS.includes(String(details.method))) words.push(t(`office.audit.method.${String(details.method)}`))
  if (FACES.includes(String(details.face))) words.push(t(`office.audit.face.${String(details.face)}`))
  if (typeof details.route === 'string') words.push(details.route)
  if (details.complete === false) words.push(t('office.audit.in_part'))
  return words.join(', ')
}
