import { createHash } from 'node:crypto'
import { audit, type Actor } from '#core/audit.ts'
import type { LogoKind } from '#core/db/onboarding-tables.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { CleanLogo } from '#core/logo.ts'
import { brandingSchema, type Branding } from '#core/tenant.ts'
import { cleanDrawing, isDrawing } from './logo-drawing.ts'
import { cleanJpeg, cleanPng, isJpeg, isPng, LogoFault } from './logo-raster.ts'
import { settledOf } from './settled.ts'

/** What a picture may weigh, before and after it is cleaned. */
export const LOGO_BYTES_MAX = 512 * 1024

/**
 * Judges a picture by its bytes alone, never by its name or by what the browser calls it, and answers what is kept of it.
 * @throws LogoFault saying why it is not taken
 */
export function cleanLogo(bytes: Buffer): CleanLogo {
  if (bytes.length > LOGO_BYTES_MAX) throw new LogoFault('too_heavy')
  if (isPng(bytes)) return { kind: 'png', bytes: cleanPng(bytes) }
  if (isJpeg(bytes)) return { kind: 'jpg', bytes: cleanJpeg(bytes) }
  if (isDrawing(bytes)) return { kind: 'svg', bytes: cleanDrawing(bytes) }
  throw new LogoFault('no_picture')
}

/** Makes a picture the entity's logo; null brings the shield with the initials back. Former pictures are deleted. */
export async function changeLogo(
  db: Db,
  tenantId: string,
  logo: CleanLogo | null,
  accountId: string,
  now: Date,
): Promise<void> {
  await inTenant(db, tenantId, async (tx) => {
    const branding = (await settledOf(tx, tenantId, { lock: true })).branding as Branding
    const hash = logo && createHash('sha256').update(logo.bytes).digest('hex')
    if (hash === (branding.logo?.hash ?? null)) return
    if (logo && hash) await store(tx, tenantId, { ...logo, hash }, accountId, now)
    const next = brandingSchema.parse({ ...branding, logo: logo && { hash, kind: logo.kind } })
    await tx.updateTable('tenants').set({ branding: next }).where('id', '=', tenantId).execute()
    await tx
      .deleteFrom('tenant_logos')
      .where('tenant_id', '=', tenantId)
      .$if(hash !== null, (query) => query.where('hash', '<>', hash!))
      .execute()
    const actor: Actor = { kind: 'staff', id: accountId }
    const facts = {
      before: branding.logo?.hash.slice(0, 16) ?? null,
      after: hash?.slice(0, 16) ?? null,
      kind: logo?.kind ?? null,
      bytes: logo?.bytes.length ?? null,
    }
    const subject = { kind: 'tenant', id: tenantId } as const
    await audit(tx, tenantId, { actor, action: 'settings.logo_changed', subject, details: facts }, now)
  })
}

function store(
  tx: Tx,
  tenantId: string,
  { hash, kind, bytes }: CleanLogo & { hash: string },
  accountId: string,
  now: Date,
) {
  return tx
    .insertInto('tenant_logos')
    .values({
      tenant_id: tenantId,
      hash,
      kind,
      content: bytes,
      uploaded_at: now,
      uploaded_by: accountId,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'hash']).doNothing())
    .execute()
}

/** What each kind is served as. */
export const LOGO_TYPES: Readonly<Record<LogoKind, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
}
