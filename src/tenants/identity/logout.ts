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
    // An app's staying sign-in goes with all its sessions.
    await tx
      .deleteFrom('refresh_families')
      .where('tenant_id', '=', tenantId)
      .where('name_id_hash', '=', hashToken(name.nameId))
      .where('provider', '=', name.issuer)
      .execute()
    const ended = await tx
      .deleteFrom('sessions')
      .where('tenant_id', '=', tenantId)
      .where('name_id_hash', '=', hashToken(name.nameId))
      .where('provider', '=', name.issuer)
      .returning(['id'])
      .execute()
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
