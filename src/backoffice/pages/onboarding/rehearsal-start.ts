import type { Translate } from '#core/i18n.ts'
import type { Tenant } from '#core/tenant.ts'
import { STEPS, type Finding } from '#tenants/onboarding/preflight.ts'
import { officeOf, type OfficeParts } from '../../context.ts'

/** What is missing, and the page of the office where it is set right. */
export type MissingRow = { readonly text: string; readonly href: string }

/** Whether a draft can begin its rehearsal, and if not why: the checklist and the rehearsal's own page say the same. */
export function beginningOf(
  { rehearsal }: Pick<OfficeParts, 'rehearsal'>,
  tenant: Tenant,
  findings: readonly Finding[],
  t: Translate,
): { readonly action: string | null; readonly text: string; readonly missing: readonly MissingRow[] } {
  const missing = missingRows(tenant, findings, ['rehearsal'], t)
  const hasSandbox = rehearsal.sandboxUrl !== null
  const isReady = hasSandbox && missing.length === 0
  return {
    action: isReady ? `${officeOf(tenant)}${STEPS.rehearsal}` : null,
    text: t(`rehearsal.begin.${hasSandbox ? (isReady ? 'text' : 'not_yet') : 'no_sandbox'}`),
    missing,
  }
}

/** The findings that stand in the way, in the order of the steps. */
export function missingRows(
  tenant: Tenant,
  findings: readonly Finding[],
  blocking: readonly Finding['blocks'][],
  t: Translate,
): readonly MissingRow[] {
  return findings
    .filter(({ blocks }) => blocking.includes(blocks))
    .map(({ key, step }) => ({ text: t(`missing.${key}`), href: officeOf(tenant) + STEPS[step] }))
}
