import { formatDate, formatDateTime, romeDate } from '#core/clock.ts'
import { translator, type Translate } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { createRegistrations, type RegistrationVersion } from '#tenants/identity/registrations.ts'
import { passwordMethod } from '#tenants/sign-in/methods.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { page } from '../../frame.ts'
import type { IdentityStateView } from '../../views/onboarding.ts'
import { settingsView } from './form-view.ts'

/** `{base}/avvio/spid-cie`: how the entity is registered with SPID and CIE, and what comes next. Nothing is changed here. */
export function identityStateRoutes(app: OfficeApp, parts: OfficeParts): void {
  const registrations = createRegistrations(parts.services.db, parts.identity.keys)

  officeRoute(app, 'GET /avvio/spid-cie', async (context) =>
    page(
      parts,
      context,
      'office/identity-state',
      view(parts, context, await registrations.list(context.var.tenant.id)),
    ),
  )
}

function view(
  parts: OfficeParts,
  context: PageContext,
  versions: readonly RegistrationVersion[],
): IdentityStateView {
  const { tenant, language } = context.var
  const t = translator(language)
  const { open, availableUntil } = passwordMethod(tenant, parts.services.clock.now())
  const until = availableUntil === null ? '' : formatDate(availableUntil, language)
  const text = !open ? 'closed' : availableUntil === null ? 'open' : 'until'
  return {
    ...settingsView(parts, context, 'identity'),
    schemes: ['spid', 'cie'].map((scheme) => schemeView(scheme, versions, context, t)),
    password: {
      state: {
        text: t(open ? 'onboarding.identity.open' : 'onboarding.identity.closed'),
        tone: open ? 'paid' : 'plain',
      },
      text: t(`onboarding.identity.password.${text}`, { day: until }),
    },
    rulesHref: `${officeOf(tenant)}/avvio/regole`,
  }
}

/** Where a scheme stands: active counts before what is on its way. */
function schemeView(
  scheme: string,
  versions: readonly RegistrationVersion[],
  { var: { language } }: PageContext,
  t: Translate,
): IdentityStateView['schemes'][number] {
  const own = versions.filter((one) => one.scheme === scheme)
  const found = ['active', 'submitted', 'draft']
    .map((state) => own.findLast((one) => one.state === state))
    .find(Boolean)
  const state = found?.state ?? 'none'
  const facts = found
    ? [
        { label: t('onboarding.identity.entity_id'), value: found.entityId },
        ...(found.submittedAt
          ? [
              {
                label: t('onboarding.identity.submitted_at'),
                value: formatDateTime(found.submittedAt, language),
              },
            ]
          : []),
        ...(found.activeAt
          ? [
              {
                label: t('onboarding.identity.active_at'),
                value: formatDate(romeDate(found.activeAt), language),
              },
            ]
          : []),
      ]
    : []
  return {
    id: scheme,
    label: scheme.toUpperCase(),
    state: { text: t(`onboarding.identity.state.${state}`), tone: state === 'active' ? 'paid' : 'open' },
    text: t(`onboarding.identity.text.${state}`),
    next: t(`onboarding.identity.next.${state}`),
    facts,
  }
}
