import { translator } from '#core/i18n.ts'
import type { Policies } from '#core/tenant.ts'
import type { PageContext } from '#pages/context.ts'
import { effectsOf } from '#tenants/onboarding/effects.ts'
import { fingerprint, sortedEntries, type Settled } from '#tenants/onboarding/settled.ts'
import type { OfficeParts } from '../../context.ts'
import type { SettingsFormView } from '../../views/onboarding.ts'

/** Names the values whose effect was shown: they are saved only as they were seen. */
export function shownOf(typed: Readonly<Record<string, string>>): string {
  return fingerprint(sortedEntries(typed))
}

/** What the new rules would do, in sentences; one sentence too where they do nothing to anybody. */
export async function policyEffects(
  { services }: OfficeParts,
  context: PageContext,
  before: Settled,
  after: Settled,
): Promise<NonNullable<SettingsFormView['effects']>> {
  const { tenant, language } = context.var
  const t = translator(language)
  const policies = { before: before.policies as Policies, after: after.policies as Policies, language }
  const effects = await effectsOf(services.db, tenant.id, policies, services.clock.now())
  if (effects.length === 0) return [{ text: t('onboarding.effect.none'), warns: false }]
  return effects.map(({ key, values, warns }) => ({ text: t(`onboarding.effect.${key}`, values), warns }))
}
