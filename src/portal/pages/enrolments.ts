import { z } from 'zod'
import { romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { once } from '#core/idempotency.ts'
import { idFrom } from '#core/ids.ts'
import { classChoice } from '#pages/class-choice.ts'
import {
  askForEnrolment,
  ENROLMENT_WORDS_MAX,
  enrolmentRequestsOf,
  replyToOffice,
} from '#tenants/people/enrolment-requests.ts'
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
import { ownerOf } from './own.ts'
import { REPEAT_WAIT_MS } from './top-up.ts'

type Errors = Partial<Record<EnrolmentField | 'code' | 'note', string>>

/** What has been done, by the word in the address. */
const NEWS: Readonly<Record<string, string>> = {
  richiesta: 'households.ask.sent',
  iscrizione: 'enrolment_requests.sent',
  risposta: 'enrolment_requests.replied',
}

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
    const token = parts.forms.check(fields.form, accountId)
    // Before anything else: there is no form in which a mistake could be mended.
    if (!tenant.policies.selfEnrolment) return refused(parts, context)
    // Where a class is chosen from the list, school and class are not typed.
    const typed = fields.class ? { ...fields, school: '–', className: '–' } : fields
    const parsed = enrolment.safeParse({ fiscalCode: '', ...typed })
    if (!parsed.success) {
      const t = translator(language)
      const names = new Set(parsed.error.issues.map(({ path }) => String(path[0])))
      const errors = Object.fromEntries(
        [...names].map((name) => [name, t(`portal.enrolments.error.${name}`)]),
      )
      return page(parts, context, 'enrolments', await view(parts, context, fields, errors), 422)
    }
    const chosen = await chosenClass(parts, context, fields.class)
    if (chosen === 'none') {
      const errors = { class: translator(language)('portal.enrolments.error.className') }
      return page(parts, context, 'enrolments', await view(parts, context, fields, errors), 422)
    }
    const child = { ...parsed.data, ...chosen }
    if (tenant.policies.enrolmentRequests === 'immediate')
      return answer(parts, context, fields, 'fiscalCode', () =>
        enrolOwnChild(services, tenant, accountId, child),
      )
    const key = { tenantId: tenant.id, accountId, key: token, content: JSON.stringify(child) }
    const ask = async () => {
      await askForEnrolment(services, tenant, accountId, child)
      return { status: 303, body: null }
    }
    const asked = `${baseOf(tenant)}/iscrizioni?fatto=iscrizione`
    return answer(
      parts,
      context,
      fields,
      'firstName',
      () => once(services.db, key, services.clock.now(), ask, REPEAT_WAIT_MS),
      asked,
    )
  })

  app.post('/:slug/iscrizioni/richieste/:id/risposta', async (context) => {
    const owner = ownerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, owner.accountId)
    const id = idFrom(context.req.param('id'))
    const note = (fields.note ?? '').trim()
    if (note === '' || note.length > ENROLMENT_WORDS_MAX) {
      const t = translator(context.var.language)
      const errors = { note: t('enrolment_requests.error.note', { maximum: ENROLMENT_WORDS_MAX }) }
      return page(parts, context, 'enrolments', await view(parts, context, {}, errors), 422)
    }
    await replyToOffice(services, owner, id, note)
    return context.redirect(`${baseOf(context.var.tenant)}/iscrizioni?fatto=risposta`, 303)
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
  then = `${baseOf(context.var.tenant)}/`,
): Promise<Response> {
  try {
    await work()
    return context.redirect(then, 303)
  } catch (error) {
    if (!(error instanceof DomainError) || !/^enrolment(_request)?\./.test(error.code)) throw error
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

/** The page without its form, with the reason. */
async function refused(parts: PortalParts, context: PortalContext): Promise<Response> {
  const { detail, status } = faultText(new DomainError('enrolment.closed'), context.var.language)
  const shown = await view(parts, context, {}, {})
  const alerts: Alert[] = [...shown.alerts, { kind: 'danger', text: detail }]
  return page(parts, context, 'enrolments', { ...shown, alerts }, status as 409)
}

/**
 * What a chosen class says of school and class; undefined where the parent typed them, `none` for a class that is not
 * in the list, or where there is a list and nothing was chosen.
 */
async function chosenClass(
  { services }: PortalParts,
  context: PortalContext,
  classId: string | undefined,
): Promise<{ classId: string; school: string; className: string } | undefined | 'none'> {
  const schoolYear = schoolYearOf(romeDate(services.clock.now()))
  const groups = await classChoice(services.db, context.var.tenant.id, schoolYear, undefined)
  if (groups.length === 0) return classId ? 'none' : undefined
  for (const { school, classes } of groups) {
    const found = classes.find(({ value }) => value === classId)
    if (found) return { classId: found.value, school, className: found.label }
  }
  return 'none'
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
  const done = NEWS[context.req.query('fatto') ?? '']
  const alerts: Alert[] = done ? [{ kind: 'success', text: t(done) }] : []
  const schoolYear = schoolYearOf(romeDate(services.clock.now()))
  const asked = await enrolmentRequestsOf(services, ownerOf(context))
  return {
    ...frame(parts, context, null, alerts),
    requests: await childRequestRows(parts, context),
    schoolYear,
    mayEnrol: tenant.policies.selfEnrolment,
    asks: tenant.policies.enrolmentRequests === 'asked',
    asked: asked.map(
      ({ id, firstName, lastName, category, createdAt, state, answer: words, hasReplied }) => ({
        id,
        childName: `${firstName} ${lastName}`,
        initials: initials(`${firstName} ${lastName}`),
        service: categories.find(({ code }) => code === category)?.label ?? category,
        askedOn: romeDate(createdAt),
        state,
        answer: state === 'approved' ? null : (words ?? null),
        hasReplied,
      }),
    ),
    noteMaximum: ENROLMENT_WORDS_MAX,
    classes: await classChoice(services.db, tenant.id, schoolYear, fields.class),
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
