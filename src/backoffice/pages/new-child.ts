import { audit } from '#core/audit.ts'
import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { translator, type Language } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import { addChild, namesakeOf, type ChildFacts } from '#tenants/people/edit-children.ts'
import { enrolInService } from '#tenants/people/enrolments.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { assertOpenClass } from '#tenants/schools/edit-schools.ts'
import { placeChild } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { classChoice } from '#pages/class-choice.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { chosenYear } from '../school-years.ts'
import type { ChildValues, NewChildView } from '../views/schools.ts'

type Errors = NewChildView['errors']
type Fields = Readonly<Record<string, string>>

/** `{base}/alunni/nuovo`: a child that the office enters, with a code for the parents. */
export function newChildRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/nuovo', async (context) =>
    page(parts, context, 'office/child-new', await view(parts, context, {}, {}, undefined)),
  )

  officeRoute(app, 'POST /alunni/nuovo', async (context, staff) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const refuse = async (errors: Errors, namesake?: string) =>
      page(parts, context, 'office/child-new', await view(parts, context, fields, errors, namesake), 422)
    const read = readChild(fields, language)
    if ('errors' in read) return refuse(read.errors)
    const t = translator(language)
    if (fields.class && !isId(fields.class)) return refuse({ class: t('children.error.class') })
    const namesake = await inTenant(parts.services.db, tenant.id, (tx) =>
      namesakeOf(tx, tenant.id, read.child),
    )
    // So a second click does not make a second child either.
    if (namesake && fields.another !== 'si') return refuse({ another: t('children.error.another') }, namesake)
    try {
      const { childId, claimCode } = await add(parts, context, staff, read.child, fields)
      return page(parts, context, 'office/child-code', {
        ...frame(parts, context, 'children'),
        parentHref: `${officeOf(tenant)}/alunni`,
        childHref: `${officeOf(tenant)}/alunni/${childId}/scheda`,
        name: `${read.child.firstName} ${read.child.lastName}`,
        isNew: true,
        code: claimCode,
        pagesHref: new URL(`/${tenant.slug}/iscrizioni`, parts.services.config.PUBLIC_URL).href,
      })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const text = faultText(error, language).detail
      if (error.code === 'child.fiscal_code_taken') return refuse({ fiscalCode: text }, namesake)
      if (error.code === 'class.school_closed') return refuse({ class: text }, namesake)
      throw error
    }
  })
}

/** One transaction: there is no child without its class and services. */
async function add(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  child: ChildFacts,
  fields: Fields,
): Promise<{ childId: string; claimCode: string }> {
  const { tenant } = context.var
  const { db, clock, vault } = parts.services
  const now = clock.now()
  const today = romeDate(now)
  const { schoolYear } = chosenYear(context, today)
  const chosen = (await categoriesOf(db, tenant.id)).filter(({ code }) => fields[`service-${code}`] === 'si')
  const keys = await vault.of(tenant.id)
  return inTenant(db, tenant.id, async (tx) => {
    const added = await addChild(tx, keys, tenant.id, child, now)
    const { childId } = added
    if (fields.class) {
      await assertOpenClass(tx, tenant.id, fields.class)
      await placeChild(tx, tenant.id, { childId, classId: fields.class }, now)
    }
    const tariffCents = cents(tenant.policies.mealTariffCents)
    for (const { code } of chosen) {
      const enrolment = { childId, category: code, schoolYear, startsOn: null, endsOn: null, tariffCents }
      await enrolInService(tx, tenant.id, enrolment, now)
    }
    await refreshPrices(tx, tenant.id, today, [childId])
    const actor = { kind: 'staff', id: accountId } as const
    const details = { schoolYear, class: fields.class || null, services: chosen.length }
    const subject = { kind: 'child', id: childId }
    await audit(tx, tenant.id, { actor, action: 'child.added', subject, details }, now)
    return added
  })
}

/** What was typed of a child's names and fiscal code. */
export function readChild(
  fields: Fields,
  language: Language,
): { child: ChildFacts } | { errors: Partial<Record<keyof ChildValues, string>> } {
  const t = translator(language)
  const [firstName, lastName] = [(fields.firstName ?? '').trim(), (fields.lastName ?? '').trim()]
  const typed = (fields.fiscalCode ?? '').trim()
  const fiscalCode = typed === '' ? null : parseFiscalCode(typed)
  const errors: Partial<Record<keyof ChildValues, string>> = {}
  if (firstName === '' || firstName.length > 60) errors.firstName = t('children.error.firstName')
  if (lastName === '' || lastName.length > 60) errors.lastName = t('children.error.lastName')
  if (fiscalCode === undefined) errors.fiscalCode = t('children.error.fiscalCode')
  if (fiscalCode === undefined || Object.keys(errors).length > 0) return { errors }
  return { child: { firstName, lastName, fiscalCode } }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  fields: Fields,
  errors: Errors,
  namesake: string | undefined,
): Promise<NewChildView> {
  const { tenant } = context.var
  const { db, clock } = parts.services
  const { schoolYear } = chosenYear(context, romeDate(clock.now()))
  const categories = await categoriesOf(db, tenant.id)
  const isFirst = fields.form === undefined
  return {
    ...frame(parts, context, 'children'),
    parentHref: `${officeOf(tenant)}/alunni`,
    schoolYear,
    classes: await classChoice(db, tenant.id, schoolYear, fields.class),
    services: categories.map(({ code, label }) => ({
      name: `service-${code}`,
      label,
      // Most children come for the one service that an entity has.
      checked: isFirst ? categories.length === 1 : fields[`service-${code}`] === 'si',
    })),
    values: {
      firstName: fields.firstName ?? '',
      lastName: fields.lastName ?? '',
      fiscalCode: fields.fiscalCode ?? '',
    },
    namesakeHref: namesake ? `${officeOf(tenant)}/alunni/${namesake}` : null,
    errors,
  }
}
