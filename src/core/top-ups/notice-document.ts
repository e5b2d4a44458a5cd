import { romeDate, type RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'
import type { NoticeDocument } from '../documents/notice-data.ts'
import { DomainError } from '../errors.ts'
import type { Language } from '../i18n.ts'
import { cents } from '../money.ts'
import type { NoticeScheme } from '../notice-scheme.ts'
import type { Tenant } from '../tenant.ts'
import type { Vault } from '../vault.ts'

/** The last day on which a top-up can be paid: what `expiresAt` calls the first instant after. */
export function lastDay(expiresAt: Date): RomeDate {
  return romeDate(new Date(expiresAt.getTime() - 1))
}

/**
 * What the printed notice of a top-up says. The debtor is the guardian who asked; the child is nowhere on it.
 * @throws DomainError top_up.not_found
 */
export async function noticeDocumentOf(
  deps: { db: Db; vault: Vault; scheme: NoticeScheme },
  tenant: Tenant,
  topUpId: string,
  language: Language,
): Promise<NoticeDocument> {
  const row = await inTenant(deps.db, tenant.id, (tx) =>
    tx
      .selectFrom('top_ups as t')
      .leftJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 't.tenant_id').onRef('a.id', '=', 't.account_id'),
      )
      .select(['t.amount_cents', 't.description', 't.notice_number', 't.expires_at', 't.created_at'])
      .select(['a.first_name', 'a.last_name', 'a.fiscal_code_sealed'])
      .where('t.tenant_id', '=', tenant.id)
      .where('t.id', '=', topUpId)
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('top_up.not_found')
  const { creditor, branding } = tenant
  const amountCents = cents(row.amount_cents)
  const vault = await deps.vault.of(tenant.id)
  const info = [branding.phone, branding.email].filter(Boolean).join(' · ')
  return {
    language,
    subject: row.description,
    amountCents,
    dueDate: lastDay(row.expires_at),
    creditor: {
      fiscalCode: tenant.creditorFiscalCode,
      name: creditor.name,
      ...(branding.officeName ? { office: branding.officeName } : {}),
      ...(info ? { info } : {}),
      ...(creditor.cbill ? { cbill: creditor.cbill } : {}),
    },
    debtor: {
      ...(row.fiscal_code_sealed ? { fiscalCode: vault.open(row.fiscal_code_sealed) } : {}),
      fullName: row.first_name ? `${row.first_name} ${row.last_name}` : 'ANONIMO',
    },
    noticeNumber: row.notice_number,
    qrText: deps.scheme.qrText({
      noticeNumber: row.notice_number,
      creditorFiscalCode: tenant.creditorFiscalCode,
      amountCents,
    }),
    issuedOn: romeDate(row.created_at),
  }
}
