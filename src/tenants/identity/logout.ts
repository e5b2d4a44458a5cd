import { sql } from 'kysely'
import { audit } from '#core/audit.ts'
import { inTenant } from '#core/db/tenant.ts'
import { hashToken } from '#core/ids.ts'
import type { Services } from '#core/services.ts'

/**
 * Ends the sessions that a provider began under a transient name. @returns how many there were
 * @param name from a logout request whose signature was verified
 */
export async function endSessionsOfName(
  { db, clock }: Services,
  tenantId: string,
  name: { issuer: string; nameId: string; scheme: string },
): Promise<number> {
  return inTenant(db, tenantId, async (tx) => {
    // First of all: an app that brings its code meanwhile either waits and finds none, or has its session ended below.
    await tx.deleteFrom('app_sign_in_codes').where(isOfName(tenantId, name)).execute()
    // Before the families, which would take an app's sessions along unseen and unwritten.
    const sessions = await tx
      .deleteFrom('sessions')
      .where(isOfName(tenantId, name))
      .returning(['id', 'family_id'])
      .execute()
    const families = await tx
      .deleteFrom('refresh_families')
      .where(isOfName(tenantId, name))
      .returning('id')
      .execute()
    // An app may stay signed in without a session at this moment: that ends too.
    const idle = families.filter(({ id }) => !sessions.some(({ family_id }) => family_id === id))
    const ended = [...sessions, ...idle]
    for (const { id } of ended) {
      const subject = { kind: 'session', id }
      const details = { by: 'provider', scheme: name.scheme }
      await audit(
        tx,
        tenantId,
        { actor: { kind: 'nobody' }, action: 'sign_in.ended', subject, details },
        clock.now(),
      )
    }
    return ended.length
  })
}

/** The rows of the tables of sign-ins that one name of one provider began. */
function isOfName(tenantId: string, { issuer, nameId }: { issuer: string; nameId: string }) {
  return sql<boolean>`tenant_id = ${tenantId} and name_id_hash = ${hashToken(nameId)} and provider = ${issuer}`
}
