import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import {
  answerEnrolment,
  findWaitingEnrolment,
  waitingEnrolments,
  type EnrolmentAnswer,
} from '#tenants/people/decide-enrolments.ts'
import { ENROLMENT_WORDS_MAX } from '#tenants/people/enrolment-requests.ts'
import { childrenLike, childrenNamed } from '#tenants/people/find-children.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { classChoice } from '#pages/class-choice.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { EnrolmentRequestsView, EnrolmentRequestView } from '../views/enrolments.ts'

type Errors = EnrolmentRequestView['errors']
type Fields = Readonly<Record<string, string>>

/** `{base}/iscrizioni`: parents who ask for a place in a service, where the office decides. */
export function enrolmentRequestRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /iscrizioni', async (context) =>
    page(parts, context, 'office/enrolment-requests', await list(parts, context)),
  )

  officeRoute(app, 'GET /iscrizioni/:id', async (context) =>
    page(parts, context, 'office/enrolment-request', await detail(parts, context, {}, {})),
  )

  // Looking for another child: a name does not stand in an address.
  officeRoute(app, 'POST /iscrizioni/:id', async (context, staff) => {
    const fields = await posted(parts, context, staff)
    return page(parts, context, 'office/enrolment-request', await detail(parts, context, fields, {}))
  })

  officeRoute(app, 'POST /iscrizioni/:id/approva', async (context, staff) => {
    const fields = await posted(parts, context, staff)
    if (!fields.child) {
      const errors = { child: translator(context.var.language)('enrolment_requests.error.child') }
      return refuse(parts, context, fields, errors)
    }
    const childId = fields.child === 'nuovo' ? undefined : idFrom(fields.child)
    const classId = fields.class ? idFrom(fields.class) : undefined
    return answer(parts, context, staff, fields, { kind: 'approved', childId, classId })
  })

  for (const [route, kind, field] of [
    ['POST /iscrizioni/:id/rifiuta', 'refused', 'reason'],
    ['POST /iscrizioni/:id/documenti', 'documents', 'text'],
  ] as const)
    officeRoute(app, route, async (context, staff) => {
      const fields = await posted(parts, context, staff)
      const text = (fields[field] ?? '').trim()
      if (text === '' || text.length > ENROLMENT_WORDS_MAX) {
        const t = translator(context.var.language)
        const error = t(`enrolment_requests.error.${field}`, { maximum: ENROLMENT_WORDS_MAX })
        return refuse(parts, context, fields, { [field]: error })
      }
      return answer(parts, context, staff, fields, { kind, text })
    })
}

async function posted(parts: OfficeParts, context: PageContext, staff: Staff): Promise<Fields> {
  const fields = await formFields(context)
  parts.forms.check(fields.form, staff.accountId)
  return fields
}

async function refuse(parts: OfficeParts, context: PageContext, fields: Fields, errors: Errors) {
  const shown = await detail(parts, context, fields, errors)
  return page(parts, context, 'office/enrolment-request', shown, 422)
}

/** The field beside which a fault stands. */
const FIELD_OF: Readonly<Record<string, keyof Errors>> = {
  'child.fiscal_code_taken': 'child',
  'enrolment.already_there': 'child',
  'class.school_closed': 'class',
}

/** Once decided, a request is decided: whoever comes second is told so among those that still wait. */
async function answer(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  fields: Fields,
  word: EnrolmentAnswer,
): Promise<Response> {
  const { tenant, language } = context.var
  const base = `${officeOf(tenant)}/iscrizioni`
  try {
    await answerEnrolment(parts.services, tenant, accountId, idFrom(context.req.param('id')), word)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code === 'enrolment_request.decided') return context.redirect(`${base}?fatto=gia-decisa`, 303)
    const field = FIELD_OF[error.code]
    if (!field) throw error
    return refuse(parts, context, fields, { [field]: faultText(error, language).detail })
  }
  return context.redirect(`${base}?fatto=${word.kind}`, 303)
}

const NEWS: Readonly<Record<string, Alert['kind']>> = {
  approved: 'success',
  refused: 'success',
  documents: 'success',
  'gia-decisa': 'warning',
}

async function list(parts: OfficeParts, context: PageContext): Promise<EnrolmentRequestsView> {
  const { tenant, language } = context.var
  const { services } = parts
  const t = translator(language)
  const done = context.req.query('fatto') ?? ''
  const kind = NEWS[done]
  const alerts: Alert[] = kind ? [{ kind, text: t(`enrolment_requests.done.${done}`) }] : []
  const categories = await categoriesOf(services.db, tenant.id)
  const waiting = await waitingEnrolments(services, tenant.id)
  return {
    ...frame(parts, context, 'enrolments', alerts),
    rows: waiting.map(({ id, createdAt, details, category, parent, state }) => ({
      href: `${officeOf(tenant)}/iscrizioni/${id}`,
      askedAt: createdAt,
      childName: `${details.firstName} ${details.lastName}`,
      place: `${details.school}, ${details.className}`,
      service: categories.find(({ code }) => code === category)?.label ?? category,
      parentName: parent.name,
      state: {
        text: t(`enrolment_requests.state.${state}`),
        tone: state === 'pending' ? 'open' : 'waiting',
      },
    })),
  }
}

async function detail(
  parts: OfficeParts,
  context: PageContext,
  fields: Fields,
  errors: Errors,
): Promise<EnrolmentRequestView> {
  const { services } = parts
  const { tenant } = context.var
  const base = officeOf(tenant)
  const request = await findWaitingEnrolment(services, tenant.id, idFrom(context.req.param('id')))
  const { details, parent } = request
  const search = (fields.name ?? '').trim().slice(0, 100)
  const found =
    search === ''
      ? await childrenLike(services.db, tenant.id, request)
      : await childrenNamed(services.db, tenant.id, search)
  const categories = await categoriesOf(services.db, tenant.id)
  return {
    ...frame(parts, context, 'enrolments'),
    parentHref: `${base}/iscrizioni`,
    href: `${base}/iscrizioni/${request.id}`,
    askedAt: request.createdAt,
    parentName: parent.name,
    childName: `${details.firstName} ${details.lastName}`,
    fiscalCode: details.fiscalCode,
    place: `${details.school}, ${details.className}`,
    service: categories.find(({ code }) => code === request.category)?.label ?? request.category,
    schoolYear: request.schoolYear,
    wanted: request.wanted ?? null,
    reply: request.reply ?? null,
    found: found.map(({ id, firstName, lastName, school, className, by }) => ({
      id,
      name: `${firstName} ${lastName}`,
      place: [school, className].filter(Boolean).join(', '),
      href: `${base}/alunni/${id}/scheda`,
      sure: by === 'fiscal-code',
    })),
    classes: await classChoice(services.db, tenant.id, request.schoolYear, fields.class ?? request.classId),
    search,
    wordsMaximum: ENROLMENT_WORDS_MAX,
    values: { child: fields.child ?? '', text: fields.text ?? '', reason: fields.reason ?? '' },
    errors,
  }
}
