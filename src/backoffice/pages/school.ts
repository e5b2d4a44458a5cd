import { audit, type AuditEntry } from '#core/audit.ts'
import { romeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert, FieldErrors } from '#pages/view.ts'
import { childrenOfClasses } from '#tenants/schools/count-children.ts'
import { changeSchool, closeSchool, renameClass } from '#tenants/schools/edit-schools.ts'
import { ensureClass, listClasses, listSchools } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import { chosenYear } from '../school-years.ts'
import type { SchoolValues, SchoolView } from '../views/schools.ts'
import { readSchool } from './schools.ts'

type Errors = FieldErrors<keyof SchoolValues | 'names' | 'className'>
const CLASS_NAME_MAX = 40
const CLASSES_AT_ONCE = 60

/** One school: what it is called, whether it is open, and its classes of a year. */
export function schoolRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /scuole/:id', async (context, staff) =>
    page(parts, context, 'office/school', await view(parts, context, staff)),
  )

  officeRoute(app, 'POST /scuole/:id', (context, staff) =>
    change(parts, context, staff, 'salvata', async (tx, fields, schoolId) => {
      const read = readSchool(fields, context.var.language)
      if ('errors' in read) return read.errors
      const before = await changeSchool(tx, context.var.tenant.id, schoolId, read.school)
      const details = {
        nameBefore: before.name,
        nameAfter: read.school.name,
        codeBefore: before.code,
        codeAfter: read.school.code,
      }
      return { action: 'school.changed', subject: { kind: 'school', id: schoolId }, details }
    }),
  )

  officeRoute(app, 'POST /scuole/:id/chiusura', (context, staff) =>
    change(parts, context, staff, 'salvata', async (tx, fields, schoolId) => {
      const closes = fields.stato === 'chiusa'
      await closeSchool(tx, context.var.tenant.id, schoolId, closes ? parts.services.clock.now() : null)
      return {
        action: closes ? 'school.closed' : 'school.reopened',
        subject: { kind: 'school', id: schoolId },
      }
    }),
  )

  officeRoute(app, 'POST /scuole/:id/classi', (context, staff) =>
    change(parts, context, staff, 'classi', async (tx, fields, schoolId) => {
      const { tenant, language } = context.var
      const { schoolYear } = chosenYear(context, romeDate(parts.services.clock.now()))
      const names = [...new Set((fields.names ?? '').split(/[,;]/).map((name) => name.trim()))].filter(
        Boolean,
      )
      const isWrong = names.length === 0 || names.length > CLASSES_AT_ONCE
      if (isWrong || names.some((name) => name.length > CLASS_NAME_MAX))
        return { names: translator(language)('schools.error.names', { maximum: CLASS_NAME_MAX }) }
      const now = parts.services.clock.now()
      for (const name of names) await ensureClass(tx, tenant.id, { schoolId, schoolYear, name }, now)
      const details = { schoolYear, names: names.join(', ').slice(0, 500) }
      return { action: 'class.added', subject: { kind: 'school', id: schoolId }, details }
    }),
  )

  officeRoute(app, 'POST /scuole/:id/classi/nome', (context, staff) =>
    change(parts, context, staff, 'classi', async (tx, fields, schoolId) => {
      const { tenant, language } = context.var
      const name = (fields.className ?? '').trim()
      const classId = idFrom(fields.class)
      if (name === '' || name.length > CLASS_NAME_MAX)
        return { className: translator(language)('schools.error.className', { maximum: CLASS_NAME_MAX }) }
      const before = await renameClass(tx, tenant.id, { schoolId, classId, name })
      return {
        action: 'class.renamed',
        subject: { kind: 'class', id: classId },
        details: { before, after: name },
      }
    }),
  )
}

type Act = Omit<AuditEntry, 'actor'>

/** Does something to a school and writes it down, or shows the page again with what is wrong. */
async function change(
  parts: OfficeParts,
  context: PageContext,
  staff: Staff,
  done: string,
  work: (tx: Tx, fields: Record<string, string>, schoolId: string) => Promise<Act | Errors>,
): Promise<Response> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const fields = await formFields(context)
  parts.forms.check(fields.form, staff.accountId)
  const schoolId = idFrom(context.req.param('id'))
  const refuse = async (errors: Errors) =>
    page(parts, context, 'office/school', await view(parts, context, staff, fields, errors), 422)
  try {
    const errors = await inTenant(db, tenant.id, async (tx) => {
      await assertSchool(tx, tenant.id, schoolId)
      const result = await work(tx, fields, schoolId)
      if (!('action' in result)) return result
      await audit(tx, tenant.id, { actor: { kind: 'staff', id: staff.accountId }, ...result }, clock.now())
      return undefined
    })
    if (errors) return refuse(errors)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code === 'school.code_taken') return refuse({ code: faultText(error, language).detail })
    if (error.code === 'class.name_taken') return refuse({ className: faultText(error, language).detail })
    throw error
  }
  const path = `${officeOf(tenant)}/scuole/${schoolId}`
  return context.redirect(address(path, { anno: context.req.query('anno'), fatto: done }), 303)
}

async function assertSchool(tx: Tx, tenantId: string, schoolId: string): Promise<void> {
  const school = await tx
    .selectFrom('schools')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', schoolId)
    .executeTakeFirst()
  if (!school) throw new DomainError('resource.not_found')
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  { role }: Staff,
  fields: Readonly<Record<string, string>> = {},
  errors: Errors = {},
): Promise<SchoolView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const base = officeOf(tenant)
  const schoolId = idFrom(context.req.param('id'))
  const school = (await listSchools(db, tenant.id)).find(({ id }) => id === schoolId)
  if (!school) throw new DomainError('resource.not_found')
  const { schoolYear, years } = chosenYear(context, romeDate(clock.now()))
  const classes = await listClasses(db, tenant.id, schoolYear, schoolId)
  const counts = await inTenant(db, tenant.id, (tx) => childrenOfClasses(tx, tenant.id, schoolYear))
  const done = context.req.query('fatto')
  const alerts: Alert[] =
    done === 'salvata' || done === 'classi'
      ? [{ kind: 'success', text: translator(language)(`schools.done.${done}`) }]
      : []
  return {
    ...frame(parts, context, 'schools', alerts),
    href: `${base}/scuole/${schoolId}`,
    parentHref: address(`${base}/scuole`, { anno: schoolYear }),
    name: school.name,
    isClosed: school.closedAt !== undefined,
    mayEdit: mayUse(role, 'POST /scuole/:id'),
    years,
    schoolYear,
    classes: classes.map(({ id, name }) => ({
      id,
      name,
      children: counts.get(id) ?? 0,
      childrenHref: mayUse(role, 'GET /alunni')
        ? address(`${base}/alunni`, { anno: schoolYear, classe: id })
        : null,
    })),
    values: {
      name: fields.name ?? school.name,
      code: fields.code ?? school.code,
      address: fields.address ?? school.address,
      names: fields.names ?? '',
    },
    errors,
  }
}
