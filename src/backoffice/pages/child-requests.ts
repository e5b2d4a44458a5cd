import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import {
  CHILD_REQUEST_NOTE_MAX,
  decideChildRequest,
  findChildRequest,
  pendingChildRequests,
  type ChildRequestDecision,
} from '#tenants/people/child-requests.ts'
import { childrenLike, childrenNamed, type FoundChild } from '#tenants/people/find-children.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ChildRequestsView, ChildRequestView, FoundChildRow } from '../views/families.ts'

/** `{base}/richieste`: parents who have no code and ask for their child. */
export function childRequestRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /richieste', async (context) =>
    page(parts, context, 'office/child-requests', await list(parts, context, '')),
  )

  officeRoute(app, 'POST /richieste', async (context, staff) => {
    const search = await searched(parts, context, staff)
    return page(parts, context, 'office/child-requests', await list(parts, context, search))
  })

  officeRoute(app, 'GET /richieste/:id', async (context) =>
    page(parts, context, 'office/child-request', await detail(parts, context)),
  )

  officeRoute(app, 'POST /richieste/:id', async (context, staff) => {
    const search = await searched(parts, context, staff)
    return page(parts, context, 'office/child-request', await detail(parts, context, search))
  })

  officeRoute(app, 'POST /richieste/:id/approva', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    if (!fields.child) {
      const errors = { child: translator(context.var.language)('households.office.error_child') }
      const shown = { ...(await detail(parts, context)), errors }
      return page(parts, context, 'office/child-request', shown, 422)
    }
    return decide(parts, context, staff, { childId: idFrom(fields.child) }, 'approvata')
  })

  officeRoute(app, 'POST /richieste/:id/rifiuta', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const reason = (fields.reason ?? '').trim()
    if (reason === '' || reason.length > CHILD_REQUEST_NOTE_MAX) {
      const t = translator(context.var.language)
      const errors = { reason: t('households.office.error_reason', { maximum: CHILD_REQUEST_NOTE_MAX }) }
      const shown = { ...(await detail(parts, context)), errors, values: { reason } }
      return page(parts, context, 'office/child-request', shown, 422)
    }
    return decide(parts, context, staff, { reason }, 'rifiutata')
  })
}

/** Once decided, a request is decided: whoever comes second is told so among those that still wait. */
async function decide(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  decision: ChildRequestDecision,
  done: string,
): Promise<Response> {
  const { tenant } = context.var
  const owner = { tenantId: tenant.id, accountId }
  try {
    await decideChildRequest(parts.services, owner, idFrom(context.req.param('id')), decision)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'child_request.decided') throw error
    return context.redirect(`${officeOf(tenant)}/richieste?fatto=gia-decisa`, 303)
  }
  return context.redirect(`${officeOf(tenant)}/richieste?fatto=${done}`, 303)
}

const NEWS: Readonly<Record<string, { kind: Alert['kind']; key: string }>> = {
  approvata: { kind: 'success', key: 'approved' },
  rifiutata: { kind: 'success', key: 'refused' },
  'gia-decisa': { kind: 'warning', key: 'decided' },
}

/** The name that was typed to find a child. It comes in a form, since addresses are kept in many places. */
async function searched(parts: OfficeParts, context: PageContext, staff: Staff): Promise<string> {
  const fields = await formFields(context)
  parts.forms.check(fields.form, staff.accountId)
  return (fields.name ?? '').trim().slice(0, 100)
}

async function list(parts: OfficeParts, context: PageContext, search: string): Promise<ChildRequestsView> {
  const { tenant, language } = context.var
  const { services } = parts
  const t = translator(language)
  const base = officeOf(tenant)
  const news = NEWS[context.req.query('fatto') ?? '']
  const alerts: Alert[] = news ? [{ kind: news.kind, text: t(`households.office.${news.key}`) }] : []
  const waiting = await pendingChildRequests(services, tenant.id)
  return {
    ...frame(parts, context, 'requests', alerts),
    rows: waiting.map(({ id, createdAt, parent, details }) => ({
      href: `${base}/richieste/${id}`,
      askedAt: createdAt,
      childName: `${details.firstName} ${details.lastName}`,
      place: `${details.school}, ${details.className}`,
      parentName: parent.name,
    })),
    search,
    found: search === '' ? null : rows(await childrenNamed(services.db, tenant.id, search), base),
  }
}

async function detail(parts: OfficeParts, context: PageContext, search = ''): Promise<ChildRequestView> {
  const { services } = parts
  const { tenant } = context.var
  const base = officeOf(tenant)
  const request = await findChildRequest(services, tenant.id, idFrom(context.req.param('id')))
  const { details, parent } = request
  const found =
    search === ''
      ? await childrenLike(services.db, tenant.id, request)
      : await childrenNamed(services.db, tenant.id, search)
  return {
    ...frame(parts, context, 'requests'),
    id: request.id,
    parentHref: `${base}/richieste`,
    parentName: parent.name,
    askedAt: request.createdAt,
    childName: `${details.firstName} ${details.lastName}`,
    school: details.school,
    className: details.className,
    fiscalCode: details.fiscalCode,
    note: details.note,
    found: rows(found, base),
    search,
    reasonMaximum: CHILD_REQUEST_NOTE_MAX,
    values: { reason: '' },
    errors: {},
  }
}

function rows(found: readonly FoundChild[], base: string): FoundChildRow[] {
  return found.map(({ id, firstName, lastName, school, className, by }) => ({
    id,
    name: `${firstName} ${lastName}`,
    place: [school, className].filter(Boolean).join(', '),
    href: `${base}/alunni/${id}`,
    sure: by === 'fiscal-code',
  }))
}
