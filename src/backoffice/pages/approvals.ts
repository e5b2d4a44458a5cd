import { addDays, romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { translator, type Language } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { findCorrection, type CorrectionDossier } from '#tenants/books/approvals.ts'
import { APPROVAL_SOURCES } from '#tenants/books/approval-sources.ts'
import { decideCorrection } from '#tenants/books/corrections.ts'
import { REASON_MAX, REASON_MIN, reasonFrom } from '#tenants/books/reason.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ApprovalsView, ApprovalView } from '../views/books.ts'
import type { Badge } from '../views/tile.ts'

const NEWS: Readonly<Record<string, { kind: Alert['kind']; key: string }>> = {
  approvata: { kind: 'success', key: 'approved' },
  rifiutata: { kind: 'success', key: 'refused' },
  'gia-decisa': { kind: 'warning', key: 'decided' },
}

/** `{base}/da-approvare`: what one person has asked for and a second one has to approve. */
export function approvalRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /da-approvare', async (context, staff) =>
    page(parts, context, 'office/approvals', await list(parts, context, staff)),
  )

  officeRoute(app, 'GET /da-approvare/:id', async (context, staff) =>
    page(parts, context, 'office/approval', await detail(parts, context, staff)),
  )

  officeRoute(app, 'POST /da-approvare/:id/approva', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    return decided(context, 'approvata', () =>
      decideCorrection(services, owner(context, staff), asked(context)),
    )
  })

  officeRoute(app, 'POST /da-approvare/:id/rifiuta', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const refusal = reasonFrom(fields.reason)
    if (refusal === undefined) {
      const t = translator(context.var.language)
      const errors = { reason: t('books.error.reason', { minimum: REASON_MIN, maximum: REASON_MAX }) }
      const shown = {
        ...(await detail(parts, context, staff)),
        errors,
        values: { reason: fields.reason ?? '' },
      }
      return page(parts, context, 'office/approval', shown, 422)
    }
    return decided(context, 'rifiutata', () =>
      decideCorrection(services, owner(context, staff), asked(context), { refusal }),
    )
  })
}

const asked = (context: PageContext) => idFrom(context.req.param('id'))
const owner = (context: PageContext, { accountId }: Staff) => ({ tenantId: context.var.tenant.id, accountId })

/** Whoever comes second is told so, on the page that tells what became of it. */
async function decided(context: PageContext, done: string, work: () => Promise<void>): Promise<Response> {
  const base = `${officeOf(context.var.tenant)}/da-approvare`
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'correction.decided') throw error
    return context.redirect(`${base}/${asked(context)}?fatto=gia-decisa`, 303)
  }
  return context.redirect(`${base}/${asked(context)}?fatto=${done}`, 303)
}

async function list(parts: OfficeParts, context: PageContext, { accountId }: Staff): Promise<ApprovalsView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const t = translator(language)
  const rows = await Promise.all(
    APPROVAL_SOURCES.map(async (source) =>
      (await source.waiting(db, tenant.id, clock.now())).map((act) => ({
        href: officeOf(tenant) + act.path,
        what: t(`approvals.source.${source.id}`),
        about: act.about,
        reason: act.reason,
        cents: act.cents,
        askedBy: act.askedBy.name,
        isOwn: act.askedBy.accountId === accountId,
        askedAt: act.askedAt,
        until: lastDay(act.expiresAt),
      })),
    ),
  )
  return {
    ...frame(parts, context, 'approvals'),
    rows: rows.flat().toSorted((a, b) => a.askedAt.getTime() - b.askedAt.getTime()),
  }
}

async function detail(parts: OfficeParts, context: PageContext, staff: Staff): Promise<ApprovalView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const t = translator(language)
  const one = await findCorrection(db, tenant.id, asked(context), clock.now())
  const news = NEWS[context.req.query('fatto') ?? '']
  const alerts: Alert[] = news ? [{ kind: news.kind, text: t(`approvals.${news.key}`) }] : []
  const base = officeOf(tenant)
  return {
    ...frame(parts, context, 'approvals', alerts),
    id: one.id,
    parentHref: `${base}/da-approvare`,
    what: t(one.kind === 'adjustment' ? 'approvals.adjustment' : `approvals.reversal.${one.reversedKind}`),
    childName: one.about,
    childHref: `${base}/alunni/${one.childId}/crediti/${one.walletId}`,
    category: one.category,
    cents: one.cents,
    balanceCents: one.balanceCents,
    afterCents: one.balanceCents + one.cents,
    reason: one.reason,
    askedBy: one.askedBy.name,
    askedAt: one.askedAt,
    until: lastDay(one.expiresAt),
    standing: standingBadge(one.standing, language),
    decided:
      one.standing !== 'waiting' && one.decidedAt && one.decidedBy
        ? { at: one.decidedAt, by: one.decidedBy, refusal: one.refusal ?? null }
        : null,
    isWaiting: one.standing === 'waiting',
    isOwn: one.askedBy.accountId === staff.accountId,
    mayApprove: mayUse(staff.role, 'POST /da-approvare/:id/approva'),
    values: { reason: '' },
    errors: {},
  }
}

const TONES: Record<CorrectionDossier['standing'], Badge['tone']> = {
  waiting: 'open',
  booked: 'paid',
  refused: 'failed',
  expired: 'plain',
}

function standingBadge(standing: CorrectionDossier['standing'], language: Language): Badge {
  return { text: translator(language)(`approvals.standing.${standing}`), tone: TONES[standing] }
}

/** It ends with a whole day: the instant that is kept is the first one after. */
function lastDay(expiresAt: Date | undefined): string | null {
  return expiresAt ? addDays(romeDate(expiresAt), -1) : null
}
