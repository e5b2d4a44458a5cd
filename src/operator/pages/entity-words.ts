import type { TenantState } from '#core/db/schema.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { FailingEntry } from '#core/jobs/outbox.ts'
import { TENANT_STATES } from '#tenants/states.ts'
import type { Badge, FailingRow } from '../views/pages.ts'

/** Whether a text is a state of an entity. */
export function isState(text: unknown): text is TenantState {
  return TENANT_STATES.some((state) => state === text)
}

/** An entity's state as a word in colour. */
export function stateBadge(state: TenantState, language: Language): Badge {
  const tone = state === 'live' ? 'paid' : state === 'closed' ? 'plain' : 'open'
  return { text: translator(language)(`operator.state.${state}`), tone }
}

/** Work that fails, as the pages show it. */
export function failingRow(
  { id, job, attempt, parkedAt, lastError }: FailingEntry,
  entity: FailingRow['entity'],
  language: Language,
): FailingRow {
  const t = translator(language)
  return {
    id,
    job,
    attempt,
    isParked: parkedAt !== null,
    state: parkedAt
      ? { text: t('entities.jobs.parked'), tone: 'open' }
      : { text: t('entities.jobs.retrying'), tone: 'plain' },
    error: lastError ?? '',
    entity,
  }
}
