import { addDays, romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { codeOfInvitation, inviteToTopUp } from '#tenants/people/invitations.ts'
import { until } from '../api/client.ts'
import type { TestFamily, TestHouse } from './house.ts'

/** How a piece of work ended: `done`, or the code of the fault. */
export const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

/** What tests of the people around a child ask of one entity. */
export function householdsOf({ house, clock, sandboxUrl }: TestHouse, tenant: Tenant) {
  const { services } = house
  const owner = (family: TestFamily) => ({ tenantId: tenant.id, accountId: family.accountId })

  /** An invitation by a guardian, with its code. */
  async function invitation(family: TestFamily, change: { childId?: string; days?: number } = {}) {
    const { childId = family.children[0]!.childId, days = 30 } = change
    const day = addDays(romeDate(clock.now()), days)
    const asked = { childId, label: 'Nonna Berta', until: day, email: null, language: 'it' } as const
    const id = await inviteToTopUp(services, owner(family), asked)
    return { id, code: await codeOfInvitation(services, tenant.id, id) }
  }

  /** What was written down about a subject, oldest first. */
  async function auditOf(subjectId: string): Promise<string[]> {
    const rows = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select('action')
        .where('tenant_id', '=', tenant.id)
        .where('subject_id', '=', subjectId)
        .orderBy('at')
        .orderBy('id')
        .execute(),
    )
    return rows.map(({ action }) => action)
  }

  /** The text of the first letter to an address, once it is there. */
  async function letterTo(address: string): Promise<string> {
    const messages = async () => {
      const response = await fetch(`${sandboxUrl}/api/mailbox?to=${encodeURIComponent(address)}`)
      return ((await response.json()) as { messages: { text: string }[] }).messages
    }
    return (await until(messages, (found) => found.length > 0))[0]!.text
  }

  return { owner, invitation, auditOf, letterTo }
}
