import { sql } from 'kysely'
import { addDays, romeDate, startOfRomeDay, type RomeDate } from '../clock.ts'
import { crashPoint } from '../crash-point.ts'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import type { ReceiptDocument } from '../documents/receipt-data.ts'
import { DomainError } from '../errors.ts'
import { isLanguage, type Language } from '../i18n.ts'
import { enqueue } from '../jobs/outbox.ts'
import { readLogo } from '../logo.ts'
import { cents, signedCents } from '../money.ts'
import type { Services } from '../services.ts'
import type { Tenant } from '../tenant.ts'
import { groupVerificationCode, newVerificationCode } from './verification.ts'

export const ANNOUNCE_JOB = 'receipt.announce'

/** Parents get the news in the morning, not at midnight. */
const ANNOUNCE_HOUR_MS = 8 * 3_600_000

/** Prints the copy of a stored receipt, once, and asks for its announcement on the day when it may be had. */
export async function generateCopy(services: Services, tenantId: string, receiptId: string): Promise<void> {
  const { db, documents, clock } = services
  if (await copyExists(db, tenantId, receiptId)) return
  const tenant = await services.tenants.byId(tenantId)
  if (!tenant) throw new DomainError('tenant.unknown')
  const code = newVerificationCode()
  const { document, availableOn } = await receiptDocument(services, tenant, receiptId, code)
  const pdf = Buffer.from(await documents.receipt(document))
  crashPoint('receipt-printed')
  const now = clock.now()
  await inTenant(db, tenantId, async (tx) => {
    const made = await tx
      .insertInto('receipt_copies')
      .values({ tenant_id: tenantId, receipt_id: receiptId, pdf, made_at: now, verification_code: code })
      .onConflict((conflict) => conflict.doNothing())
      .returning('receipt_id')
      .executeTakeFirst()
    if (made) await askForAnnouncement(tx, tenantId, receiptId, availableOn, now)
  })
}

/** One announcement for all copies of a tenant and day; a copy that is late already gets its own at once. */
async function askForAnnouncement(
  tx: Tx,
  tenantId: string,
  receiptId: string,
  availableOn: RomeDate,
  now: Date,
): Promise<void> {
  const morning = new Date(startOfRomeDay(availableOn).getTime() + ANNOUNCE_HOUR_MS)
  const late = morning <= now
  const entry = {
    tenantId,
    job: ANNOUNCE_JOB,
    data: { tenantId, day: availableOn },
    dueAt: late ? now : morning,
    dedupeKey: `${ANNOUNCE_JOB} ${late ? receiptId : availableOn}`,
  }
  await enqueue(tx, entry, now)
}

async function copyExists(db: Db, tenantId: string, receiptId: string): Promise<boolean> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('receipt_copies')
      .select('receipt_id')
      .where('tenant_id', '=', tenantId)
      .where('receipt_id', '=', receiptId)
      .executeTakeFirst(),
  )
  return row !== undefined
}

/** What the copy says; its language is the guardian's. */
async function receiptDocument(
  { db, clock, config, channelLabel }: Services,
  tenant: Tenant,
  receiptId: string,
  verificationCode: string,
): Promise<{ document: ReceiptDocument; availableOn: RomeDate }> {
  const row = await inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('receipts as r')
      .leftJoin('top_ups as t', (join) =>
        join.onRef('t.tenant_id', '=', 'r.tenant_id').onRef('t.id', '=', 'r.top_up_id'),
      )
      .leftJoin('wallets as w', (join) =>
        join.onRef('w.tenant_id', '=', 't.tenant_id').onRef('w.id', '=', 't.wallet_id'),
      )
      .leftJoin('children as k', (join) =>
        join.onRef('k.tenant_id', '=', 'w.tenant_id').onRef('k.id', '=', 'w.child_id'),
      )
      .leftJoin('service_categories as s', (join) =>
        join.onRef('s.tenant_id', '=', 'w.tenant_id').onRef('s.code', '=', 'w.category'),
      )
      .leftJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 't.tenant_id').onRef('a.id', '=', 't.account_id'),
      )
      .leftJoin('ledger_postings as p', (join) =>
        join
          .onRef('p.tenant_id', '=', 'r.tenant_id')
          .onRef('p.transaction_id', '=', 'r.ledger_transaction_id')
          .on('p.account', '=', 'wallet'),
      )
      .selectAll('r')
      .select([
        't.channel_id',
        'k.first_name as child',
        's.label as category',
        'a.first_name',
        'a.last_name',
        'a.language',
        't.invitation_id',
        'p.balance_after_cents',
      ])
      .where('r.tenant_id', '=', tenant.id)
      .where('r.id', '=', receiptId)
      .executeTakeFirst(),
  )
  if (!row) throw new DomainError('resource.not_found')
  const language: Language =
    row.language !== null && isLanguage(row.language) ? row.language : (tenant.policies.languages[0] ?? 'it')
  const { branding } = tenant
  const logo = await readLogo(db, tenant)
  return {
    availableOn: row.copy_available_on,
    document: {
      language,
      entity: {
        name: tenant.creditor.name,
        fiscalCode: tenant.creditorFiscalCode,
        ...(branding.address ? { address: branding.address } : {}),
        primaryColor: branding.primaryColor,
        ...(logo ? { logo: new Uint8Array(logo.bytes) } : {}),
      },
      payment: {
        amountCents: cents(row.amount_cents),
        paidAt: row.paid_at ?? undefined,
        ...(row.application_date ? { applicationDate: row.application_date } : {}),
        noticeNumber: row.notice_number,
        creditorReference: row.creditor_reference,
        receiptId: row.receipt_id,
        pspName: row.psp_name,
        ...(row.psp_fiscal_code ? { pspFiscalCode: row.psp_fiscal_code } : {}),
        channel: row.channel_id ? channelLabel(row.channel_id, language) : row.payment_channel,
        ...(row.payment_method ? { method: row.payment_method } : {}),
        ...(row.fee_cents === null ? {} : { feeCents: cents(row.fee_cents) }),
        description: row.description,
        ...(row.first_name ? { payerName: `${row.first_name} ${row.last_name}` } : {}),
      },
      service: {
        category: row.category ?? row.description,
        ...(row.child ? { childFirstName: row.child } : {}),
      },
      creditedCents: cents(row.disposition === 'credited' ? row.our_amount_cents : 0n),
      // An invited person's copy does not tell the child's credit.
      ...(row.balance_after_cents === null || row.invitation_id !== null
        ? {}
        : { balanceAfterCents: signedCents(row.balance_after_cents) }),
      issuedOn: romeDate(clock.now()),
      copyAvailableOn: row.copy_available_on,
      verification: {
        code: groupVerificationCode(verificationCode),
        page: new URL(`/${tenant.slug}/verifica`, config.PUBLIC_URL).href,
        url: new URL(`/${tenant.slug}/verifica/${verificationCode}`, config.PUBLIC_URL).href,
      },
    },
  }
}

/** Who wants the copy of a receipt. */
export interface CopyReader {
  accountId: string
  /** Of their own children. */
  walletIds: readonly string[]
  /** That they were invited to top up, once or now. */
  invitedWalletIds: readonly string[]
}

/**
 * The PDF of a receipt that belongs to one of the reader's wallets, once its day has come. It names who paid: the copy of
 * an invited person's payment is that person's alone.
 * @throws DomainError resource.not_found, receipt.not_available_yet with the day
 */
export async function receiptCopy(
  db: Db,
  tenantId: string,
  receiptId: string,
  reader: CopyReader,
  now: Date,
): Promise<{ pdf: Buffer; noticeNumber: string }> {
  return inTenant(db, tenantId, async (tx) => {
    const row = await tx
      .selectFrom('receipts as r')
      .leftJoin('receipt_copies as c', (join) =>
        join.onRef('c.tenant_id', '=', 'r.tenant_id').onRef('c.receipt_id', '=', 'r.id'),
      )
      .leftJoin('top_ups as t', (join) =>
        join.onRef('t.tenant_id', '=', 'r.tenant_id').onRef('t.id', '=', 'r.top_up_id'),
      )
      .select(['r.wallet_id', 'r.notice_number', 'r.copy_available_on', 'c.pdf'])
      .select(['t.wallet_id as owned_by', 't.account_id', 't.invitation_id'])
      .where('r.tenant_id', '=', tenantId)
      .where('r.id', '=', receiptId)
      .executeTakeFirst()
    // The top-up has moved with its child where two rows were one; the receipt stays as it was written.
    if (!row || !mayHaveCopy({ ...row, wallet_id: row.wallet_id && row.owned_by }, reader))
      throw new DomainError('resource.not_found')
    if (romeDate(now) < row.copy_available_on)
      throw new DomainError('receipt.not_available_yet', { date: row.copy_available_on })
    // Its day has come and the printer is behind: the job is on its way.
    if (!row.pdf) throw new DomainError('receipt.not_available_yet', { date: addDays(romeDate(now), 1) })
    return { pdf: row.pdf, noticeNumber: row.notice_number }
  })
}

function mayHaveCopy(
  row: { wallet_id: string | null; account_id: string | null; invitation_id: string | null },
  { accountId, walletIds, invitedWalletIds }: CopyReader,
): boolean {
  if (row.wallet_id === null) return false
  if (row.invitation_id === null) return walletIds.includes(row.wallet_id)
  return row.account_id === accountId && [...walletIds, ...invitedWalletIds].includes(row.wallet_id)
}

/**
 * Tells the guardians of all copies that may be had by now and were not announced, at addresses that they have confirmed:
 * nothing is sent by itself to a mailbox that may be a stranger's. Answers how many.
 */
export async function announceCopies(
  tx: Tx,
  tenantId: string,
  now: Date,
  ask: (receipt: { receiptId: string; address: string; language: Language }) => Promise<unknown>,
): Promise<number> {
  const { rows } = await sql<{ receipt_id: string; email: string | null; language: string | null }>`
    update receipt_copies c set announced_at = ${now}
    from receipts r
    left join top_ups t on t.tenant_id = r.tenant_id and t.id = r.top_up_id
    left join accounts a on a.tenant_id = t.tenant_id and a.id = t.account_id
    where c.tenant_id = ${tenantId} and r.tenant_id = c.tenant_id and r.id = c.receipt_id
      and c.announced_at is null and r.copy_available_on <= ${romeDate(now)}
    returning c.receipt_id, case when a.email_confirmed_at is not null then a.email end as email, a.language`.execute(
    tx,
  )
  for (const { receipt_id: receiptId, email, language } of rows) {
    if (email)
      await ask({
        receiptId,
        address: email,
        language: language !== null && isLanguage(language) ? language : 'it',
      })
  }
  return rows.length
}
