import { z } from 'zod'
import { audit } from '#core/audit.ts'
import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { childrenOfClasses } from '#tenants/schools/count-children.ts'
import { addSchool } from '#tenants/schools/edit-schools.ts'
import { listClasses, listSchools } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import { chosenYear } from '../school-years.ts'
import type { SchoolsView, SchoolValues } from '../views/schools.ts'

export type SchoolErrors = Partial<Record<keyof SchoolValues, string>>

/** `{base}/scuole`: the entity's schools, with their classes and how many children are in them. */
export function schoolsRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /scuole', async (context, staff) =>
    page(parts, context, 'office/schools', await view(parts, context, staff, {}, {})),
  )

  officeRoute(app, 'POST /scuole', async (context, staff) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const refuse = async (errors: SchoolErrors) =>
      page(parts, context, 'office/schools', await view(parts, context, staff, fields, errors), 422)
    const read = readSchool(fields, language)
    if ('errors' in read) return refuse(read.errors)
    const now = services.clock.now()
    try {
      const id = await inTenant(services.db, tenant.id, async (tx) => {
        const schoolId = await addSchool(tx, tenant.id, read.school, now)
        const actor = { kind: 'staff', id: staff.accountId } as const
        const subject = { kind: 'school', id: schoolId }
        await audit(
          tx,
          tenant.id,
          { actor, action: 'school.added', subject, details: { ...read.school } },
          now,
        )
        return schoolId
      })
      return context.redirect(`${officeOf(tenant)}/scuole/${id}`, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'school.code_taken') throw error
      return refuse({ code: faultText(error, language).detail })
    }
  })
}

const schoolFields = z.object({
  name: z.string().trim().min(1).max(100),
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z0-9_-]{1,20}$/),
  address: z.string().trim().max(140).default(''),
})

/** What was typed of a school; a code that was left out follows from the name. */
export function readSchool(
  fields: Readonly<Record<string, string>>,
  language: Language,
): { school: SchoolValues } | { errors: SchoolErrors } {
  const code = fields.code?.trim() || codeOf(fields.name ?? '')
  const parsed = schoolFields.safeParse({ ...fields, code })
  if (parsed.success) return { school: parsed.data }
  const t = translator(language)
  const names = new Set(parsed.error.issues.map(({ path }) => String(path[0]) as keyof SchoolValues))
  // Without a name there is no code to blame.
  if (names.has('name') && !fields.code?.trim()) names.delete('code')
  return { errors: Object.fromEntries([...names].map((name) => [name, t(`schools.error.${name}`)])) }
}

function codeOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase()
  return plain
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 20)
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  { role }: Staff,
  fields: Readonly<Record<string, string>>,
  errors: SchoolErrors,
): Promise<SchoolsView> {
  const { tenant } = context.var
  const { db, clock } = parts.services
  const base = officeOf(tenant)
  const { schoolYear, years } = chosenYear(context, romeDate(clock.now()))
  const schools = await listSchools(db, tenant.id)
  const classes = await listClasses(db, tenant.id, schoolYear)
  const counts = await inTenant(db, tenant.id, (tx) => childrenOfClasses(tx, tenant.id, schoolYear))
  return {
    ...frame(parts, context, 'schools'),
    years,
    schoolYear,
    mayEdit: mayUse(role, 'POST /scuole'),
    rolloverHref: mayUse(role, 'GET /anno-scolastico') ? `${base}/anno-scolastico` : null,
    schools: schools.map(({ id, name, code, address: place, closedAt }) => {
      const own = classes.filter(({ schoolId }) => schoolId === id)
      return {
        href: address(`${base}/scuole/${id}`, { anno: schoolYear }),
        name,
        code,
        address: place,
        isClosed: closedAt !== undefined,
        children: own.reduce((sum, one) => sum + (counts.get(one.id) ?? 0), 0),
        classes: own.map((one) => ({
          name: one.name,
          children: counts.get(one.id) ?? 0,
          href: mayUse(role, 'GET /alunni')
            ? address(`${base}/alunni`, { anno: schoolYear, classe: one.id })
            : null,
        })),
      }
    }),
    values: { name: fields.name ?? '', code: fields.code ?? '', address: fields.address ?? '' },
    errors,
  }
}
