import { connect, openPool, type Db, type Pool } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import type { ReceiptFacts, Settlement } from '#core/receipts/settle.ts'

let serial = 0

export interface BareTenant {
  id: string
  fiscalCode: string
  segregationCode: string
  walletId: string
  childId: string
}

/** A tenant with one child and one wallet, written straight into the tables: for tests of the database itself. */
export async function bareTenant(db: Db): Promise<BareTenant> {
  const id = newId()
  const digits = String(process.hrtime.bigint() + BigInt(serial++)).slice(-10)
  const fiscalCode = `9${digits}`
  const [walletId, childId] = [newId(), newId()]
  const now = new Date()
  await db
    .insertInto('tenants')
    .values({
      id,
      slug: `ente-${digits}`,
      activation_code: digits.padStart(10, '0'),
      name: 'Ente di prova',
      creditor_fiscal_code: fiscalCode,
      segregation_code: '01',
      host: null,
      ipa_code: null,
      service_id: null,
      service_subject_id: null,
      creditor: {},
      branding: {},
      policies: {},
    })
    .execute()
  await inTenant(db, id, async (tx) => {
    await tx
      .insertInto('children')
      .values({
        tenant_id: id,
        id: childId,
        first_name: 'Prova',
        last_name: 'Provetti',
        fiscal_code_sealed: null,
        fiscal_code_hash: null,
        claim_code_hash: null,
        created_at: now,
      })
      .execute()
    await tx
      .insertInto('service_categories')
      .values({
        tenant_id: id,
        code: 'REFEZIONE',
        label: 'Mensa scolastica',
        payment_description: 'Ricarica refezione scolastica',
        taxonomy_code: '9/0107101TS/',
      })
      .execute()
    await tx
      .insertInto('wallets')
      .values({ tenant_id: id, id: walletId, child_id: childId, category: 'REFEZIONE', created_at: now })
      .execute()
  })
  return { id, fiscalCode, segregationCode: '01', walletId, childId }
}

/** An open top-up of a bare tenant. */
export async function bareTopUp(
  db: Db,
  tenant: BareTenant,
  noticeNumber: string,
  amountCents: bigint,
): Promise<string> {
  const id = newId()
  const now = new Date()
  await inTenant(db, tenant.id, (tx) =>
    tx
      .insertInto('top_ups')
      .values({
        tenant_id: tenant.id,
        id,
        wallet_id: tenant.walletId,
        channel_id: 'psp-notice',
        cart_id: null,
        amount_cents: amountCents,
        description: 'Ricarica refezione scolastica',
        taxonomy_code: '9/0107101TS/',
        notice_number: noticeNumber,
        account_id: null,
        created_at: now,
        expires_at: new Date(now.getTime() + 86_400_000),
      })
      .execute(),
  )
  return id
}

/** A settlement as the Node would cause it; `change` replaces single facts. */
export function settlementOf(
  tenant: BareTenant,
  change: Partial<ReceiptFacts> = {},
  role: Settlement['role'] = 'creditor',
): Settlement {
  return {
    role,
    raw: Buffer.from('<receipt/>'),
    copyDelayDays: 3,
    facts: {
      receiptId: newId(),
      version: 'V2',
      outcome: 'OK',
      standIn: false,
      idPa: tenant.fiscalCode,
      fiscalCode: tenant.fiscalCode,
      noticeNumber: '301000000000000001',
      creditorReference: '01000000000000001',
      amountCents: cents(5000),
      ourAmountCents: cents(5000),
      feeCents: cents(150),
      pspId: 'BANCAPROVA',
      pspName: 'Banca di Prova',
      pspFiscalCode: undefined,
      paymentChannel: 'na',
      paymentMethod: 'creditCard',
      paymentNote: undefined,
      description: 'Ricarica refezione scolastica',
      paidAt: new Date('2026-11-20T10:00:00Z'),
      applicationDate: undefined,
      transferDate: undefined,
      irregularities: [],
      ...change,
    },
  }
}

/** The app role's pool and Kysely on top of it, as the server holds them. */
export function appPool(url: string): { pool: Pool; db: Db } {
  const pool = openPool(url)
  return { pool, db: connect(url) }
}
