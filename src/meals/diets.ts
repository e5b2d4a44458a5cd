import { audit, type Actor } from '#core/audit.ts'
import type { RomeDate } from '#core/clock.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { newId } from '#core/ids.ts'
import type { TenantVault } from '#core/vault.ts'

/** A note is a line; what is longer belongs on the doctor's paper. */
export const DIET_NOTE_MAX = 300

/** A child's diet, without what was written besides. */
export interface Diet {
  readonly id: string
  readonly kind: DietKind
  readonly validFrom: RomeDate
  readonly validUntil: RomeDate
  /** The last day of the doctor's certificate; undefined where none was handed in. */
  readonly certificateUntil: RomeDate | undefined
  readonly hasNote: boolean
}

/** What somebody records of a diet, checked at the edge. */
export interface DietFacts {
  readonly childId: string
  readonly kind: DietKind
  readonly validFrom: RomeDate
  readonly validUntil: RomeDate
  readonly certificateUntil: RomeDate | undefined
  /** Up to {@link DIET_NOTE_MAX} characters; empty for none. */
  readonly note: string
}

/** Who did it, and when. */
interface By {
  readonly actor: Actor
  readonly now: Date
}

/** Which diet, of which child. */
export interface DietKey {
  readonly childId: string
  readonly dietId: string
}

/** The diets of some children, by child, those that end last first. */
export async function dietsOf(
  tx: Tx,
  tenantId: string,
  childIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Diet[]>> {
  if (childIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('diets')
    .select(['id', 'child_id', 'kind', 'valid_from', 'valid_until', 'certificate_until'])
    .select(({ eb }) => eb('note_sealed', 'is not', null).as('has_note'))
    .where('tenant_id', '=', tenantId)
    .where('child_id', 'in', childIds)
    .orderBy('valid_until', 'desc')
    .orderBy('id')
    .execute()
  const diets = new Map<string, Diet[]>()
  for (const row of rows) {
    const own = diets.get(row.child_id) ?? []
    own.push({
      id: row.id,
      kind: row.kind,
      validFrom: row.valid_from,
      validUntil: row.valid_until,
      certificateUntil: row.certificate_until ?? undefined,
      hasNote: Boolean(row.has_note),
    })
    diets.set(row.child_id, own)
  }
  return diets
}

/**
 * Records a diet. The log names neither the child nor the kind: whoever reads the log need not know what a child eats.
 * @returns its id
 */
export async function addDiet(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  { childId, kind, validFrom, validUntil, certificateUntil, note }: DietFacts,
  { actor, now }: By,
): Promise<string> {
  const id = newId()
  await tx
    .insertInto('diets')
    .values({
      tenant_id: tenantId,
      id,
      child_id: childId,
      kind,
      valid_from: validFrom,
      valid_until: validUntil,
      certificate_until: certificateUntil ?? null,
      note_sealed: note === '' ? null : keys.seal(note),
      recorded_at: now,
      recorded_by: 'id' in actor ? actor.id : null,
    })
    .execute()
  const details = {
    validFrom,
    validUntil,
    certificateUntil: certificateUntil ?? null,
    hasNote: note !== '',
  }
  await audit(tx, tenantId, { actor, action: 'diet.added', subject: { kind: 'diet', id }, details }, now)
  return id
}

/** What may be changed of a diet: its kind may not, a diet of another kind is another diet. */
export interface DietChange {
  readonly validUntil: RomeDate
  readonly certificateUntil: RomeDate | undefined
  /** Undefined leaves the note as it is. */
  readonly note: string | undefined
}

/**
 * Changes until when a diet holds, its certificate or its note.
 * @throws DomainError resource.not_found, diet.wrong_days when it would end before it begins
 */
export async function changeDiet(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  { childId, dietId }: DietKey,
  { validUntil, certificateUntil, note }: DietChange,
  { actor, now }: By,
): Promise<void> {
  const before = await tx
    .selectFrom('diets')
    .select(['valid_from', 'valid_until', 'certificate_until'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', dietId)
    .where('child_id', '=', childId)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('resource.not_found')
  if (validUntil < before.valid_from) throw new DomainError('diet.wrong_days')
  await tx
    .updateTable('diets')
    .set({
      valid_until: validUntil,
      certificate_until: certificateUntil ?? null,
      ...(note !== undefined && { note_sealed: note === '' ? null : keys.seal(note) }),
      recorded_at: now,
      recorded_by: 'id' in actor ? actor.id : null,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', dietId)
    .execute()
  const details = {
    untilBefore: before.valid_until,
    untilAfter: validUntil,
    certificateBefore: before.certificate_until,
    certificateAfter: certificateUntil ?? null,
    noteChanged: note !== undefined,
  }
  const subject = { kind: 'diet', id: dietId }
  await audit(tx, tenantId, { actor, action: 'diet.changed', subject, details }, now)
}

/** Deletes what should never have been recorded. @throws DomainError resource.not_found */
export async function deleteDiet(
  tx: Tx,
  tenantId: string,
  { childId, dietId }: DietKey,
  { actor, now }: By,
): Promise<void> {
  const gone = await tx
    .deleteFrom('diets')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', dietId)
    .where('child_id', '=', childId)
    .returning(['valid_from', 'valid_until'])
    .executeTakeFirst()
  if (!gone) throw new DomainError('resource.not_found')
  const details = { validFrom: gone.valid_from, validUntil: gone.valid_until }
  const subject = { kind: 'diet', id: dietId }
  await audit(tx, tenantId, { actor, action: 'diet.deleted', subject, details }, now)
}

/**
 * Opens the note of a diet, and writes down who did.
 * @throws DomainError resource.not_found for a diet without a note, too
 */
export async function readDietNote(
  tx: Tx,
  keys: TenantVault,
  tenantId: string,
  { childId, dietId }: DietKey,
  { actor, now }: By,
): Promise<string> {
  const row = await tx
    .selectFrom('diets')
    .select('note_sealed')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', dietId)
    .where('child_id', '=', childId)
    .executeTakeFirst()
  if (!row?.note_sealed) throw new DomainError('resource.not_found')
  const subject = { kind: 'diet', id: dietId }
  await audit(tx, tenantId, { actor, action: 'diet.note_read', subject }, now)
  return keys.open(row.note_sealed)
}
