import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { audit, staffOrSystem } from '../audit.ts'
import type { Db } from '../db/connect.ts'
import { inTenant, type Tx } from '../db/tenant.ts'
import { newId } from '../ids.ts'
import { readBankFile, type FileMovement } from './bank-file.ts'
import { reconcileTenant } from './reconcile.ts'
import { mentionsPagopa, readRemittance } from './remittance.ts'

/** A file that somebody hands in. */
export interface BankStatementFile {
  fileName: string
  bytes: Uint8Array
  /** The staff account; null on the command line. */
  accountId: string | null
}

/** What a file brought. */
export interface ImportedStatement {
  statementId: string
  /** Movements in the file, and those among them that were not known. */
  movements: number
  added: number
  /** True for a file that was handed in before, byte for byte. */
  repeated: boolean
  /** What was booked from clearing to bank because of it. */
  settledCents: bigint
}

/**
 * Stores a bank's list of movements, all or nothing, and reconciles the entity with it. A movement that another file
 * told already is not told again; two that are equal within one file are two. Of movements that are not pagoPA's the
 * text is not kept: it may name anybody.
 * @throws DomainError as {@link readBankFile}
 */
export async function importBankStatement(
  db: Db,
  tenantId: string,
  file: BankStatementFile,
  now: Date,
): Promise<ImportedStatement> {
  const movements = readBankFile(file.bytes)
  const stored = await inTenant(db, tenantId, (tx) => store(tx, tenantId, file, movements, now))
  const { settledCents } = await reconcileTenant(db, tenantId, now)
  return { ...stored, settledCents }
}

async function store(
  tx: Tx,
  tenantId: string,
  { fileName, bytes, accountId }: BankStatementFile,
  movements: readonly FileMovement[],
  now: Date,
): Promise<Omit<ImportedStatement, 'settledCents'>> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  // Two files at a time could each count the other's movements as their own.
  await sql`select lock_reconciliation(${tenantId}) as x`.execute(tx)
  const known = await tx
    .selectFrom('bank_statements')
    .select(['id', 'movements'])
    .where('tenant_id', '=', tenantId)
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  if (known) return { statementId: known.id, movements: known.movements, added: 0, repeated: true }
  const fingerprints = fingerprintsOf(movements)
  const { rows } = await sql<{ known: bigint }>`
    select count(*) as known from bank_movements
    where tenant_id = ${tenantId} and fingerprint = any (${fingerprints})`.execute(tx)
  const statementId = newId()
  const added = movements.length - Number(rows[0]!.known)
  await tx
    .insertInto('bank_statements')
    .values({
      tenant_id: tenantId,
      id: statementId,
      file_name: plainName(fileName),
      sha256,
      account_id: accountId,
      movements: movements.length,
      new_movements: added,
      uploaded_at: now,
    })
    .execute()
  await insertMovements(tx, tenantId, statementId, movements, fingerprints)
  const entry = {
    actor: staffOrSystem(accountId),
    action: 'reconciliation.statement_uploaded',
    subject: { kind: 'bank_statement', id: statementId },
    details: { movements: movements.length, added },
  } as const
  await audit(tx, tenantId, entry, now)
  return { statementId, movements: movements.length, added, repeated: false }
}

/** The same in every file that tells a movement: day, amount, text, and its number among the file's equal ones. */
function fingerprintsOf(movements: readonly FileMovement[]): string[] {
  const seen = new Map<string, number>()
  return movements.map(({ bookedOn, amountCents, text }) => {
    // Blanks and case differ between a bank's exports of the same movement.
    const content = [bookedOn, amountCents, text.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase()].join('\n')
    const occurrence = (seen.get(content) ?? 0) + 1
    seen.set(content, occurrence)
    return createHash('sha256').update(`${content}\n${occurrence}`).digest('hex')
  })
}

const TEXT_MAX = 1000

async function insertMovements(
  tx: Tx,
  tenantId: string,
  statementId: string,
  movements: readonly FileMovement[],
  fingerprints: readonly string[],
): Promise<void> {
  const read = movements.map(({ text }) => readRemittance(text))
  const kept = movements.map(({ text }, index) =>
    read[index]!.kind || mentionsPagopa(text)
      ? text
          .replaceAll(/[\p{Cc}\s]+/gu, ' ')
          .trim()
          .slice(0, TEXT_MAX)
      : '',
  )
  const column = <Value>(value: (movement: FileMovement) => Value) => movements.map(value)
  await sql`
    insert into bank_movements (tenant_id, id, statement_id, row_number, fingerprint, booked_on, value_on, amount_cents,
      remittance, kind, flow_token, flow_rest, iuv)
    select ${tenantId}, movement.id, ${statementId}, movement.row_number, movement.fingerprint, movement.booked_on,
      movement.value_on, movement.amount_cents, movement.remittance, movement.kind, movement.flow_token,
      movement.flow_rest, movement.iuv
    from unnest(${column(() => newId())}::uuid[], ${column(({ row }) => row)}::int[], ${fingerprints}::text[],
      ${column(({ bookedOn }) => bookedOn)}::date[], ${column(({ valueOn }) => valueOn ?? null)}::date[],
      ${column(({ amountCents }) => amountCents.toString())}::bigint[], ${kept}::text[],
      ${read.map(({ kind }) => kind ?? null)}::text[], ${read.map(({ flowToken }) => flowToken ?? null)}::text[],
      ${read.map(({ flowRest }) => flowRest ?? null)}::text[], ${read.map(({ iuv }) => iuv ?? null)}::text[])
      as movement (id, row_number, fingerprint, booked_on, value_on, amount_cents, remittance, kind, flow_token, flow_rest, iuv)
    on conflict (tenant_id, fingerprint) do nothing`.execute(tx)
}

/** A browser sends the file's name alone, an older one its whole path. */
function plainName(fileName: string): string {
  const name = fileName.split(/[\\/]/).at(-1)!
  return (
    name
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 200) || 'estratto conto'
  )
}
