import { romeDate, type RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import { inTenant } from '../db/tenant.ts'
import type { NoticeDocument } from '../documents/notice-data.ts'
import { DomainError } from '../errors.ts'
import type { Language } from '../i18n.ts'
import { readLogo } from '../logo.ts'
import { cents } from '../money.ts'
import type { NoticeScheme } from '../notice-scheme.ts'
import { postalSlipAccount, type Tenant } from '../tenant.ts'
import type { Vault } from '../vault.ts'

/** The last day on which a top-up can be paid: what `expiresAt` calls the first instant after. */
export function lastDay(expiresAt: Date): RomeDate {
  return romeDate(new Date(expiresAt.getTime() - 1))
}

/**
 * What the printed notice of a top-up says. The debtor is the guardian who asked; the child is nowhere on it.
 *
 * The notice is always in Italian, since who takes the money at a counter reads that, and no second sheet can be
 * lost. The second language is the entity's, for every reader, where it has chosen one: beside German there is no
 * room for a third, and a bilingual form must not depend on who looks at it. Where it has chosen none, a parent who
 * reads the portal in English finds English beside the Italian, as the portal has led them to expect; the page of
 * the notice says everything in English alone.
 * @param language what the reader reads the portal in
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
  const { creditor, branding, policies } = tenant
  const amountCents = cents(row.amount_cents)
  const vault = await deps.vault.of(tenant.id)
  const info = [branding.phone, branding.email].filter(Boolean).join(' · ')
  const secondLanguage = policies.noticeSecondLanguage ?? (language === 'it' ? undefined : language)
  const payableUntil = lastDay(row.expires_at)
  const fiscalCode = row.fiscal_code_sealed ? vault.open(row.fiscal_code_sealed) : undefined
  const fullName = row.first_name ? `${row.first_name} ${row.last_name}` : 'ANONIMO'
  const codes = {
    noticeNumber: row.notice_number,
    creditorFiscalCode: tenant.creditorFiscalCode,
    amountCents,
  }
  const account = postalSlipAccount(creditor)
  return {
    ...(secondLanguage ? { secondLanguage } : {}),
    subject: row.description,
    amountCents,
    ...(policies.noticeShowsDueDate ? { dueDate: payableUntil } : {}),
    payableUntil,
    creditor: {
      fiscalCode: tenant.creditorFiscalCode,
      name: creditor.name,
      ...(branding.officeName ? { office: branding.officeName } : {}),
      ...(info ? { info } : {}),
      ...(creditor.cbill ? { cbill: creditor.cbill } : {}),
    },
    debtor: { ...(fiscalCode ? { fiscalCode } : {}), fullName },
    noticeNumber: row.notice_number,
    qrText: deps.scheme.qrText(codes),
    ...(account
      ? {
          postalSlip: {
            account: account.number,
            holder: account.holder,
            authorization: account.authorization,
            dataMatrixText: deps.scheme.dataMatrixText({
              ...codes,
              account: account.number,
              debtorFiscalCode: fiscalCode,
              debtorName: fullName,
              subject: row.description,
            }),
          },
        }
      : {}),
    issuedOn: romeDate(row.created_at),
  }
}

/** The same with the entity's picture, which only print shows. @throws DomainError top_up.not_found */
export async function noticeToPrint(
  deps: { db: Db; vault: Vault; scheme: NoticeScheme },
  tenant: Tenant,
  topUpId: string,
  language: Language,
): Promise<NoticeDocument> {
  const notice = await noticeDocumentOf(deps, tenant, topUpId, language)
  const logo = await readLogo(deps.db, tenant)
  return logo ? { ...notice, creditor: { ...notice.creditor, logo: new Uint8Array(logo.bytes) } } : notice
}
