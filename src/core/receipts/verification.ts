import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { audit } from '../audit.ts'
import { romeDate, type RomeDate } from '../clock.ts'
import type { Db } from '../db/connect.ts'
import type { Disposition } from '../db/schema.ts'
import { inTenant } from '../db/tenant.ts'
import { cents, type Cents } from '../money.ts'

/** Crockford's base 32: no letter that looks like a digit (I, L, O), and no U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16

/** A code of 80 random bits for a receipt's copy: nobody guesses one, and it can be typed from paper. */
export function newVerificationCode(): string {
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % 32]).join('')
}

/** As the copy prints it, in groups of four. */
export function groupVerificationCode(code: string): string {
  return code.replaceAll(/.{4}(?=.)/g, '$&-')
}

/** A code as somebody typed it: case, blanks and hyphens do not matter, nor do O for 0 and I or L for 1. */
export function readVerificationCode(text: string): string | undefined {
  const code = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(code) ? code : undefined
}

/** What anybody who holds a copy may know: that it is genuine, and where its money stands. Nothing about a person. */
export interface VerifiedReceipt {
  readonly amountCents: Cents
  /** The Rome day of the payment, as the copy prints it. */
  readonly paidOn: RomeDate
  readonly pspName: string
  /** The IUV. */
  readonly creditorReference: string
  readonly issuedAt: Date
  readonly disposition: Disposition
  /** Its place in the entity's ledger; undefined when nothing was booked. */
  readonly ledger:
    | {
        readonly transactionId: string
        readonly bookedAt: Date
        readonly bookedCents: Cents
        /** SHA-256 of the transaction's canonical text: it changes with any word of it. */
        readonly fingerprint: string
        readonly reversedAt: Date | undefined
      }
    | undefined
}

/** The receipt behind a code; undefined when the tenant has none. */
export async function verifyReceipt(
  db: Db,
  tenantId: string,
  code: string,
): Promise<VerifiedReceipt | undefined> {
  return inTenant(db, tenantId, async (tx) => {
    const { rows } = await sql<Row>`
      select r.amount_cents, r.our_amount_cents, r.paid_at, r.application_date, r.arrived_at, r.psp_name,
        r.creditor_reference, r.disposition, c.made_at, t.id as transaction_id, t.booked_at, t.content,
        back.booked_at as reversed_at
      from receipt_copies c
      join receipts r on r.tenant_id = c.tenant_id and r.id = c.receipt_id
      left join ledger_transactions t on t.tenant_id = r.tenant_id and t.id = r.ledger_transaction_id
      left join ledger_transactions back on back.tenant_id = t.tenant_id and back.reverses = t.id
      where c.tenant_id = ${tenantId} and c.verification_code = ${code}`.execute(tx)
    return rows[0] && toVerified(rows[0])
  })
}

interface Row {
  amount_cents: bigint
  our_amount_cents: bigint
  paid_at: Date | null
  application_date: RomeDate | null
  arrived_at: Date
  psp_name: string
  creditor_reference: string
  disposition: Disposition
  made_at: Date
  transaction_id: string | null
  booked_at: Date | null
  content: Buffer | null
  reversed_at: Date | null
}

function toVerified(row: Row): VerifiedReceipt {
  const { transaction_id: transactionId, booked_at: bookedAt, content } = row
  return {
    amountCents: cents(row.amount_cents),
    paidOn: row.paid_at ? romeDate(row.paid_at) : (row.application_date ?? romeDate(row.arrived_at)),
    pspName: row.psp_name,
    creditorReference: row.creditor_reference,
    issuedAt: row.made_at,
    disposition: row.disposition,
    ledger:
      transactionId && bookedAt && content
        ? {
            transactionId,
            bookedAt,
            bookedCents: cents(row.our_amount_cents),
            fingerprint: createHash('sha256').update(content).digest('hex'),
            reversedAt: row.reversed_at ?? undefined,
          }
        : undefined,
  }
}

/** A receipt exactly as it came, for the entity's staff: XML from the Node, JSON where it had to be fetched. */
export interface RawReceipt {
  readonly bytes: Buffer
  readonly contentType: 'application/xml' | 'application/json'
  readonly fileName: string
}

/**
 * The raw receipt (RT) for a member of the staff, which is written down: it holds personal data. Undefined when the tenant
 * has none with this id.
 */
export async function readRawReceipt(
  db: Db,
  tenantId: string,
  id: string,
  readerId: string,
  now: Date,
): Promise<RawReceipt | undefined> {
  const row = await inTenant(db, tenantId, async (tx) => {
    const found = await tx
      .selectFrom('receipts')
      .select(['raw', 'version', 'creditor_reference'])
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    const actor = { kind: 'staff', id: readerId } as const
    if (found)
      await audit(tx, tenantId, { actor, action: 'receipt.raw_read', subject: { kind: 'receipt', id } }, now)
    return found
  })
  if (!row) return undefined
  const fetched = row.version === 'BIZ'
  return {
    bytes: row.raw,
    contentType: fetched ? 'application/json' : 'application/xml',
    fileName: `rt-${row.creditor_reference.replaceAll(/[^0-9A-Za-z]/g, '')}.${fetched ? 'json' : 'xml'}`,
  }
}
