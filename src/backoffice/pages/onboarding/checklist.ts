import { translator, type Translate } from '#core/i18n.ts'
import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'
import type { PageContext } from '#pages/context.ts'
import type { Alert } from '#pages/view.ts'
import { STEPS, type Finding, type Step } from '#tenants/onboarding/preflight.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { frame, page } from '../../frame.ts'
import type { OnboardingView } from '../../views/onboarding.ts'
import type { Badge } from '../../views/tile.ts'
import { savedAlerts, titleKey } from './form-view.ts'
import { beginningOf, missingRows } from './rehearsal-start.ts'

/** `{base}/avvio`: what is done and what is missing, told by facts; it can be left and taken up again at any time. */
export function checklistRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /avvio', async (context) => {
    const fresh = await freshTenant(parts, context)
    const { findings } = await parts.preflight.findings(fresh)
    return page(parts, context, 'office/onboarding', checklistView(parts, context, fresh, findings))
  })
}

/** The entity as it is now, not as this process remembers it. */
async function freshTenant(parts: OfficeParts, context: PageContext): Promise<Tenant> {
  parts.registry.forget()
  const tenant = await parts.registry.byId(context.var.tenant.id)
  if (!tenant) throw new DomainError('resource.not_found')
  return tenant
}

function checklistView(
  parts: OfficeParts,
  context: PageContext,
  tenant: Tenant,
  findings: readonly Finding[],
): OnboardingView {
  const t = translator(context.var.language)
  const base = officeOf(tenant)
  const steps = (Object.keys(STEPS) as Step[]).filter(
    (step) => step !== 'rehearsal' || tenant.liveSince === null,
  )
  const rows = steps.map((step) => {
    const own = findings.filter((finding) => finding.step === step)
    return {
      title: t(`onboarding.step.${step}`),
      text: t(`onboarding.step.${step}.short`),
      href: base + STEPS[step],
      ...standing(own, t),
      missing: own.map(({ key }) => t(`missing.${key}`)),
    }
  })
  const isJustLive = tenant.state === 'live' && context.req.query('fatto') === 'in-linea'
  const alerts: Alert[] = isJustLive
    ? [{ kind: 'success', text: t('onboarding.now_live') }]
    : savedAlerts(context)
  return {
    ...frame(parts, context, 'settings', alerts),
    title: t(titleKey(tenant.liveSince)),
    lead: t(tenant.liveSince === null ? 'onboarding.lead' : 'onboarding.lead_live'),
    state: { text: t(`onboarding.state.${tenant.state}`), tone: tenant.state === 'live' ? 'paid' : 'open' },
    isOnTheWay: tenant.liveSince === null,
    firstThings: isJustLive ? firstThings(base, t) : [],
    done: rows.filter(({ isDone }) => isDone).length,
    total: rows.length,
    steps: rows,
    nextStep: nextOf(tenant, rows),
    onward: onwardOf(parts, tenant, findings, t),
  }
}

/** The first page on which something is missing. A draft begins its rehearsal by a button, not on its page. */
function nextOf({ state, liveSince }: Tenant, rows: OnboardingView['steps']): OnboardingView['nextStep'] {
  const next = rows.find(({ isDone }) => !isDone)
  if (liveSince !== null || !next) return null
  return state === 'draft' && next.href.endsWith(STEPS.rehearsal) ? null : next
}

/** What an entity that has just gone live does first. */
function firstThings(base: string, t: Translate): OnboardingView['firstThings'] {
  return (['imports', 'tariffs', 'calendar', 'leaflet'] as const).map((thing) => ({
    label: t(`office.nav.${thing}`),
    text: t(`onboarding.first.${thing}`),
    href: base + FIRST_THINGS[thing],
  }))
}

const FIRST_THINGS = {
  imports: '/importazioni',
  tariffs: '/tariffe',
  calendar: '/calendario',
  leaflet: '/foglio',
} as const

/** A step is done when nothing of it blocks; advice leaves it done. */
function standing(own: readonly Finding[], t: Translate): { state: Badge; isDone: boolean } {
  const isDone = own.every(({ blocks }) => blocks === 'never')
  if (!isDone) return { isDone, state: { text: t('onboarding.to_do'), tone: 'open' } }
  return {
    isDone,
    state: { text: t(own.length === 0 ? 'onboarding.done' : 'onboarding.done_advice'), tone: 'paid' },
  }
}

/** What comes next in the life of the entity: its rehearsal, then the real thing. */
function onwardOf(
  parts: OfficeParts,
  tenant: Tenant,
  findings: readonly Finding[],
  t: Translate,
): OnboardingView['onward'] {
  if (tenant.liveSince !== null) return null
  if (tenant.state === 'draft') {
    const { text, action, missing } = beginningOf(parts, tenant, findings, t)
    return {
      title: t('rehearsal.begin.title'),
      text,
      action: action ?? '',
      button: t('rehearsal.begin.button'),
      ready: action !== null,
      missing,
      confirm: '',
    }
  }
  if (tenant.state !== 'rehearsal') return null
  const missing = missingRows(tenant, findings, ['rehearsal', 'live'], t)
  const isReady = missing.length === 0
  return {
    title: t('rehearsal.end.title'),
    text: t(`rehearsal.end.${isReady ? 'text' : 'not_yet'}`),
    action: `${officeOf(tenant)}/avvio/in-linea`,
    button: t('rehearsal.end.button'),
    ready: isReady,
    missing,
    confirm: t('rehearsal.end.confirm'),
  }
}
