import { z } from 'zod'
import { romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { translator } from '#core/i18n.ts'
import { categoriesOf, claimChild } from '#tenants/people/children.ts'
import { enrolOwnChild } from '#tenants/people/self-enrolment.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { walletsOfGuardian } from '#tenants/people/wallets.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { formFields } from '#pages/form.ts'
import { viewerOf } from '../form.ts'
import { initials, type Alert } from '#pages/view.ts'
import type { EnrolmentField, EnrolmentsView } from '../views/wallet.ts'
import { childRequestRows } from './child-request.ts'

type Errors = Partial<Record<EnrolmentField | 'code', string>>

/** Iscrizioni: the children one is responsible for, a new one, or one that the school has entered. */
export function enrolmentRoutes(app: PortalApp, parts: PortalParts): void {
  const { services } = parts

  app.get('/:slug/iscrizioni', async (context) =>
    page(parts, context, 'enrolments', await view(parts, context, {}, {})),
  )

  app.post('/:slug/iscrizioni', async (context) => {
    const { tenant, language } = context.var
    const { accountId } = viewerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const parsed = enrolment.safeParse({ fiscalCode: '', ...fields })
    if (!parsed.success) {
      const t = translator(language)
      const names = new Set(parsed.error.issues.map(({ path }) => String(path[0])))
      const errors = Object.fromEntries(
        [...names].map((name) => [name, t(`portal.enrolments.error.${name}`)]),
      )
      return page(parts, context, 'enrolments', await view(parts, context, fields, errors), 422)
    }
    return answer(parts, context, fields, 'fiscalCode', () =>
      enrolOwnChild(services, tenant, accountId, parsed.data),
    )
  })

  app.post('/:slug/iscrizioni/codice', async (context) => {
    const { tenant } = context.var
    const { accountId } = viewerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const now = services.clock.now()
    const guesser = { secret: 'claim-code', account: accountId, address: remoteAddress(context) } as const
    return answer(parts, context, fields, 'code', () =>
      parts.attempts.guess(tenant.id, guesser, () =>
        claimChild(services.db, tenant.id, accountId, fields.code ?? '', now),
      ),
    )
  })
}

const name = z.string().trim().min(1).max(60)
const enrolment = z.object({
  firstName: name,
  lastName: name,
  fiscalCode: z
    .string()
    .trim()
    .transform((text, check) => {
      const code = text === '' ? null : parseFiscalCode(text)
      if (code === undefined) check.addIssue('wrong fiscal code')
      return code ?? null
    }),
  school: z.string().trim().min(1).max(100),
  className: z.string().trim().min(1).max(40),
  category: z.string().regex(/^[A-Z0-9_]{2,20}$/),
})

/** Home after success; the form again, with the fault beside its field, where the person can mend it. */
async function answer(
  parts: PortalParts,
  context: PortalContext,
  fields: Record<string, string>,
  field: keyof Errors,
  work: () => Promise<unknown>,
): Promise<Response> {
  try {
    await work()
    return context.redirect(`${baseOf(context.var.tenant)}/`, 303)
  } catch (error) {
    if (!(error instanceof DomainError) || !error.code.startsWith('enrolment.')) throw error
    const { detail, status } = faultText(error, context.var.language)
    return page(
      parts,
      context,
      'enrolments',
      await view(parts, context, fields, { [field]: detail }),
      status as 409,
    )
  }
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  fields: Record<string, string>,
  errors: Errors,
): Promise<EnrolmentsView> {
  const { services } = parts
  const { tenant } = context.var
  const wallets = await walletsOfGuardian(services.pool, tenant.id, viewerOf(context).accountId)
  const categories = await categoriesOf(services.db, tenant.id)
  const value = (key: string) => fields[key] ?? ''
  const t = translator(context.var.language)
  const asked = context.req.query('fatto') === 'richiesta'
  const alerts: Alert[] = asked ? [{ kind: 'success', text: t('households.ask.sent') }] : []
  return {
    ...frame(parts, context, null, alerts),
    requests: await childRequestRows(parts, context),
    schoolYear: schoolYearOf(romeDate(services.clock.now())),
    enrolments: wallets.map(({ id, child, categoryLabel, tariffCents }) => {
      const childName = `${child.firstName} ${child.lastName}`
      return {
        childName,
        initials: initials(childName),
        place: [child.school, child.className].filter(Boolean).join(', '),
        category: categoryLabel,
        mealPriceCents: tariffCents ?? null,
        walletId: id,
      }
    }),
    categories: categories.map(({ code, label }) => ({
      value: code,
      label: `${code} · ${label}`,
      selected: code === fields.category,
    })),
    values: {
      firstName: value('firstName'),
      lastName: value('lastName'),
      fiscalCode: value('fiscalCode'),
      school: value('school'),
      className: value('className'),
      code: value('code'),
    },
    errors,
  }
}
