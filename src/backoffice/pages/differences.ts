import { DIFFERENCE_KINDS } from '#core/db/reconciliation-schema.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom, isId } from '#core/ids.ts'
import { once } from '#core/idempotency.ts'
import { personName } from '#core/office/people.ts'
import {
  acceptDifference,
  findDifference,
  listDifferences,
  type Difference,
} from '#core/reconciliation/read-differences.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import type { Alert } from '#pages/view.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address, choice } from '../query.ts'
import type { DifferencesView, DifferenceView } from '../views/reconciliation.ts'
import { differenceRow } from './reconciliation-words.ts'

const STATES = ['open', 'accepted', 'resolved'] as const
const NOTE_MAX = 500
/** How long a second click waits for the first one's answer. */
const REPEAT_WAIT_MS = 5_000

/** Everything that does not agree, and a person's word that it may stay so. */
export function differenceRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /riconciliazione/differenze', async (context) =>
    page(parts, context, 'office/differences', await list(parts, context)),
  )

  officeRoute(app, 'GET /riconciliazione/differenze/:id', async (context, staff) => {
    const difference = await asked(parts, context)
    return page(parts, context, 'office/difference', await detail(parts, context, staff, difference))
  })

  officeRoute(app, 'POST /riconciliazione/differenze/:id/accetta', async (context, staff) => {
    const { tenant, language } = context.var
    const { accountId } = staff
    const fields = await formFields(context)
    const key = parts.forms.check(fields.form, accountId)
    const difference = await asked(parts, context)
    const note = (fields.note ?? '').trim()
    if (note === '' || note.length > NOTE_MAX) {
      const error = translator(language)('office.difference.error_note', { maximum: NOTE_MAX })
      const view = await detail(parts, context, staff, difference, { note, error })
      return page(parts, context, 'office/difference', view, 422)
    }
    const { id } = difference
    const now = services.clock.now()
    const answer = await once(
      services.db,
      { tenantId: tenant.id, accountId, key, content: `${id} ${note}` },
      now,
      async () => {
        await acceptDifference(services.db, tenant.id, id, { accountId, note }, now)
        return { status: 303, body: `${officeOf(tenant)}/riconciliazione/differenze/${id}?fatto=accettata` }
      },
      REPEAT_WAIT_MS,
    )
    return context.redirect(answer.body as string, 303)
  })
}

function asked({ services }: OfficeParts, context: PageContext): Promise<Difference> {
  return findDifference(services.db, context.var.tenant.id, idFrom(context.req.param('id')))
}

async function list(parts: OfficeParts, context: PageContext): Promise<DifferencesView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const state = choice(context, 'stato', STATES)
  const kind = choice(context, 'tipo', DIFFERENCE_KINDS)
  const flowId = context.req.query('flusso') ?? ''
  if (flowId && !isId(flowId)) throw new DomainError('resource.not_found')
  const key = readPageKey(context.req.query('dopo'))
  const { items, next } = await listDifferences(parts.services.db, tenant.id, {
    state,
    kind,
    flowId: flowId || undefined,
    before: key && { openedAt: key.at, id: key.id },
  })
  const path = `${base}/riconciliazione/differenze`
  const here = (dopo?: string) => address(path, { stato: state, tipo: kind, flusso: flowId, dopo })
  return {
    ...frame(parts, context, 'reconciliation'),
    parentHref: `${base}/riconciliazione`,
    states: STATES.map((value) => ({
      value,
      label: t(`office.difference_state.${value}`),
      selected: value === state,
    })),
    kinds: DIFFERENCE_KINDS.map((value) => ({
      value,
      label: t(`office.difference.${value}`),
      selected: value === kind,
    })),
    flow: flowId,
    filtered: here() !== path,
    rows: items.map((difference) => differenceRow(difference, base, language)),
    nextHref: next ? here(writePageKey({ at: next.openedAt, id: next.id })) : null,
    firstHref: key ? here() : null,
  }
}

async function detail(
  parts: OfficeParts,
  context: PageContext,
  { role }: Staff,
  difference: Difference,
  form: { note: string; error?: string } = { note: '' },
): Promise<DifferenceView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const base = officeOf(tenant)
  const { flow, line, receipt, movement, acceptedAt, acceptedBy } = difference
  const isNews = context.req.query('fatto') === 'accettata' && difference.state === 'accepted'
  const alerts: Alert[] = isNews ? [{ kind: 'success', text: t('office.difference.accepted') }] : []
  const by = acceptedBy ? await personName(parts.services.db, tenant.id, acceptedBy) : undefined
  return {
    ...frame(parts, context, 'reconciliation', alerts),
    id: difference.id,
    row: differenceRow(difference, base, language),
    parentHref: `${base}/riconciliazione/differenze?stato=open`,
    advice: t(`office.difference.${difference.kind}.advice`),
    flow: flow
      ? { href: `${base}/riconciliazione/flussi/${flow.id}`, name: flow.flowId, pspName: flow.pspName }
      : null,
    line: line ? { index: line.index, iuv: line.iuv ?? '–', iur: line.iur ?? '–' } : null,
    receipt: receipt ? { receiptId: receipt.receiptId, noticeNumber: receipt.noticeNumber } : null,
    paymentHref: receipt?.topUpId ? `${base}/pagamenti/${receipt.topUpId}` : null,
    movement: movement
      ? { bookedOn: movement.bookedOn, cents: movement.amountCents, remittance: movement.remittance }
      : null,
    reopenedAt: difference.reopenedAt ?? null,
    resolvedAt: difference.resolvedAt ?? null,
    accepted:
      acceptedAt && difference.state === 'accepted'
        ? { at: acceptedAt, by: by ?? t('office.difference.by_operator'), note: difference.note ?? '' }
        : null,
    mayAccept: difference.state === 'open' && mayUse(role, 'POST /riconciliazione/differenze/:id/accetta'),
    noteMaximum: NOTE_MAX,
    values: { note: form.note },
    errors: form.error ? { note: form.error } : {},
  }
}
