import type { DeskEmail } from './channel.ts'
import { inTenant, type Tx } from './db/tenant.ts'
import type { EmailKind } from './db/outbox-tables.ts'
import { isLanguage, type Language } from './i18n.ts'
import { newId } from './ids.ts'
import { enqueue } from './jobs/outbox.ts'
import type { Message } from './mail.ts'
import type { Services } from './services.ts'

export interface EmailRequest {
  kind: EmailKind
  /** The top-up or receipt it is about. */
  subjectId: string
  address: string
  language: Language
  /** The job that will send it. */
  job: string
}

/** Notes inside a transaction that an e-mail shall be sent. The address is sealed: jobs carry only the row's id. */
export async function requestEmail(
  services: Services,
  tx: Tx,
  tenantId: string,
  request: EmailRequest,
): Promise<string> {
  const now = services.clock.now()
  const id = newId()
  const vault = await services.vault.of(tenantId)
  await tx
    .insertInto('emails')
    .values({
      tenant_id: tenantId,
      id,
      kind: request.kind,
      subject_id: request.subjectId,
      address_sealed: vault.seal(request.address),
      language: request.language,
      requested_at: now,
    })
    .execute()
  await enqueue(tx, { tenantId, job: request.job, data: { tenantId, emailId: id } }, now)
  return id
}

/**
 * Sends a requested e-mail, unless it was sent. A crash between the mail server's yes and our note of it can send
 * the same message again, under the same Message-ID.
 * @throws UpstreamError when the mail server does not take it
 */
export async function deliverEmail(
  { db, vault, mail, clock }: Services,
  tenantId: string,
  emailId: string,
  compose: (email: DeskEmail) => Promise<Message>,
): Promise<void> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('emails')
      .select(['subject_id', 'address_sealed', 'language', 'sent_at'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', emailId)
      .executeTakeFirst(),
  )
  if (!row || row.sent_at) return
  const address = (await vault.of(tenantId)).open(row.address_sealed)
  const language = isLanguage(row.language) ? row.language : 'it'
  await mail.send(await compose({ subjectId: row.subject_id, address, language }))
  await inTenant(db, tenantId, (tx) =>
    tx
      .updateTable('emails')
      .set({ sent_at: clock.now() })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', emailId)
      .execute(),
  )
}
