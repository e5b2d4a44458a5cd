import { afterAll } from 'vitest'
import { inTenant, sqlState } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import { chargeMeals } from '#core/ledger/book.ts'
import { movementsPage } from '#core/ledger/movements.ts'
import { cents, signedCents } from '#core/money.ts'
import { policiesSchema, type Policies, type Tenant } from '#core/tenant.ts'
import { testDatabase } from './database.ts'
import { appPool, bareTenant, type BareTenant } from './entities.ts'

export type BooksOffice = BareTenant & {
  tenant: Tenant
  first: { tenantId: string; accountId: string }
  second: { tenantId: string; accountId: string }
}

export const REASON = 'Pasto addebitato per sbaglio'

/** A database with entities whose office keeps the books, at a time that a test moves. No pages. */
export async function openBooks() {
  const database = await testDatabase()
  const { pool, db } = appPool(database.urls.app)
  afterAll(() => pool.end())
  const time = { now: new Date('2026-11-20T12:00:00Z') }
  let serial = 0

  /** An entity with a wallet and two people of its office. */
  async function office(policies: Partial<Policies> = {}): Promise<BooksOffice> {
    const bare = await bareTenant(db)
    await db
      .updateTable('tenants')
      .set({ policies: JSON.stringify(policies) })
      .where('id', '=', bare.id)
      .execute()
    const [first, second] = [newId(), newId()]
    await inTenant(db, bare.id, (tx) =>
      tx
        .insertInto('accounts')
        .values(
          [first, second].map((id) => ({
            tenant_id: bare.id,
            id,
            kind: 'staff' as const,
            staff_role: 'accountant' as const,
            first_name: 'Ada',
            last_name: 'Ufficio',
            email: null,
            fiscal_code_sealed: null,
            fiscal_code_hash: null,
            fiscal_code_proof: null,
            created_at: time.now,
          })),
        )
        .execute(),
    )
    const by = (accountId: string) => ({ tenantId: bare.id, accountId })
    const tenant = { id: bare.id, policies: policiesSchema.parse(policies) } as Tenant
    return { ...bare, tenant, first: by(first), second: by(second) }
  }

  return {
    database,
    pool,
    db,
    time,
    services: { db, clock: { now: () => time.now }, nudge: () => {} },
    office,
    /** The name of another form that is sent. */
    submission: () => `form ${++serial}`,
    /** Charges a meal of 4.90 euro and answers its transaction. */
    async mealOf(one: BooksOffice, reference = 'giorno 1'): Promise<string> {
      const meal = { walletId: one.walletId, amountCents: cents(490), reference }
      await chargeMeals(db, one.id, [meal], time.now, time.now)
      return (await movementsPage(db, one.id, one.walletId, { limit: 1 })).items[0]!.transactionId
    },
    /** Kinds and amounts of the wallet's movements, newest first. */
    statement: async ({ id, walletId }: BooksOffice) =>
      (await movementsPage(db, id, walletId, { limit: 100 })).items.map((one) => [one.kind, one.amountCents]),
    auditOf: ({ id }: BooksOffice) =>
      inTenant(db, id, async (tx) => {
        const rows = await tx
          .selectFrom('audit_log')
          .select('action')
          .where('tenant_id', '=', id)
          .orderBy('id')
          .execute()
        return rows.map(({ action }) => action)
      }),
  }
}

export const adjustmentOf = ({ walletId }: BooksOffice, amount: number) =>
  ({ kind: 'adjustment', walletId, amountCents: signedCents(amount), reason: REASON }) as const

export const reversalOf = ({ walletId }: BooksOffice, transactionId: string) =>
  ({ kind: 'reversal', walletId, transactionId, reason: REASON }) as const

/** The fault's code, or the database's, with which something was refused. */
export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: unknown) => (error instanceof DomainError ? error.code : sqlState(error)),
  )
