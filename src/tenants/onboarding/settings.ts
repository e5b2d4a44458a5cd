import { sql } from 'kysely'
import { audit, type Actor } from '#core/audit.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { problemsOf, type Problems } from './checks.ts'
import { fieldText, readField, type Field } from './fields.ts'
import { fieldsOf, type SettingsSection } from './sections.ts'
import { fingerprint, put, settledOf, take, type Settled } from './settled.ts'

/** A section as its form shows it. */
export interface SectionState {
  readonly settled: Settled
  /** Texts by field. */
  readonly values: Readonly<Record<string, string>>
  /** Names this very state: whoever saves says which one they saw. */
  readonly version: string
}

export type SaveResult =
  | { readonly kind: 'saved'; readonly changed: readonly string[] }
  /** Somebody else saved meanwhile: what they made of the fields that differ from what was seen. */
  | { readonly kind: 'conflict'; readonly current: SectionState }
  | { readonly kind: 'invalid'; readonly problems: Problems }

/** A section as it is stored now: fresh, not as somebody remembers it. @throws DomainError tenant.unknown */
export async function readSection(db: Db, tenantId: string, section: SettingsSection): Promise<SectionState> {
  return inTenant(db, tenantId, async (tx) => stateOf(section, await settledOf(tx, tenantId)))
}

/**
 * What the section would hold if the typed texts were saved, or what is wrong with them. Writes nothing.
 * Fields that were not sent stay as they are.
 */
export function draftOf(
  section: SettingsSection,
  settled: Settled,
  typed: Readonly<Record<string, string | undefined>>,
): { readonly next: Settled } | { readonly problems: Problems } {
  const problems: Record<string, string> = {}
  const next: Record<string, unknown> = structuredClone({ ...settled })
  for (const field of fieldsOf(section)) {
    const text = typed[field.name]
    if (text === undefined) continue
    const read = readField(field, text)
    if ('problem' in read) problems[field.name] = read.problem
    else put(next, field.at, read.value)
  }
  const wrong = Object.keys(problems).length > 0 ? problems : problemsOf(section, settled, next as Settled)
  return Object.keys(wrong).length > 0 ? { problems: wrong } : { next: next as Settled }
}

/**
 * Saves a section: all its fields or none, with what each was and is in the log. Of two who saw the same state the second
 * is told what the first has made of it, and nothing of either is lost.
 * @throws DomainError tenant.unknown; tenant.conflict where the creditor belongs to another entity
 */
export async function saveSection(
  db: Db,
  tenantId: string,
  section: SettingsSection,
  asked: {
    readonly seen: string
    readonly typed: Readonly<Record<string, string | undefined>>
    readonly actor: Actor
  },
  now: Date,
): Promise<SaveResult> {
  return inTenant(db, tenantId, async (tx) => {
    const settled = await settledOf(tx, tenantId, { lock: true })
    const current = stateOf(section, settled)
    if (current.version !== asked.seen) return { kind: 'conflict', current }
    const draft = draftOf(section, settled, asked.typed)
    if ('problems' in draft) return { kind: 'invalid', problems: draft.problems }
    const after = stateOf(section, draft.next)
    const changed = fieldsOf(section)
      .map(({ name }) => name)
      .filter((name) => after.values[name] !== current.values[name])
    const subject = { kind: 'tenant', id: tenantId } as const
    const { actor } = asked
    if (changed.length === 0) {
      // Who looked a page through and found it right has done that step too.
      await audit(tx, tenantId, { actor, action: 'settings.confirmed', subject, details: { section } }, now)
      return { kind: 'saved', changed }
    }
    await write(tx, tenantId, fieldsOf(section), draft.next)
    const facts = changed.flatMap((name) => [
      [`${name}.before`, current.values[name]!.slice(0, 200)],
      [`${name}.after`, after.values[name]!.slice(0, 200)],
    ])
    const details = { section, ...(Object.fromEntries(facts) as Record<string, string>) }
    await audit(tx, tenantId, { actor, action: 'settings.changed', subject, details }, now)
    return { kind: 'saved', changed }
  })
}

/** A section of what is settled. */
export function stateOf(section: SettingsSection, settled: Settled): SectionState {
  const values = Object.fromEntries(
    fieldsOf(section).map((field) => [field.name, fieldText(field, take(settled, field.at))]),
  )
  return { settled, values, version: fingerprint(values) }
}

/** Only the columns that the section's fields lie in; those that route payments go through the function that guards them. */
async function write(tx: Tx, tenantId: string, fields: readonly Field[], next: Settled): Promise<void> {
  const columns = new Set(fields.map(({ at: [column] }) => column))
  const own = (['name', 'branding', 'policies', 'creditor'] as const).filter((column) => columns.has(column))
  if (own.length > 0) {
    const values = Object.fromEntries(own.map((column) => [column, next[column]])) as { name?: string }
    await tx.updateTable('tenants').set(values).where('id', '=', tenantId).execute()
  }
  if (!columns.has('creditor_fiscal_code')) return
  const {
    rows: [answer],
  } = await sql<{ refused: string | null }>`
    select set_routing(${tenantId}, ${next.creditor_fiscal_code}, ${next.segregation_code}, ${next.service_id},
      ${next.service_subject_id}) as refused`.execute(tx)
  if (answer?.refused === 'taken') throw new DomainError('tenant.conflict')
  if (answer?.refused === 'live') throw new DomainError('settings.fixed')
}
