import { z } from 'zod'
import { sql } from 'kysely'
import type { Db } from '#core/db/connect.ts'

const KEY = 'identity-aggregator'

/** Ourselves, as SPID and CIE know us where we federate tenants (public full aggregator, Avviso 19). */
export const aggregatorSchema = z.strictObject({
  name: z.string().trim().min(1).max(128),
  /** With the country's letters: IT12345678901. */
  vatNumber: z.string().regex(/^[A-Z]{2}[A-Z0-9]{2,13}$/),
  fiscalCode: z.string().regex(/^(?:\d{11}|[A-Z0-9]{16})$/),
  /** Of an office, never of a person. */
  email: z.email().max(256),
  telephone: z.string().regex(/^\+39\d{5,14}$/),
  /** Belfiore code of the seat. */
  municipality: z.string().regex(/^[A-Z]\d{3}$/),
  /** The seat's name, for the certificate. */
  locality: z.string().trim().min(1).max(128),
  nace2Code: z.string().regex(/^[A-Z0-9.]{1,8}$/),
})
export type AggregatorFacts = z.infer<typeof aggregatorSchema>

/** Undefined where this installation federates nobody. */
export async function readAggregator(db: Db): Promise<AggregatorFacts | undefined> {
  const row = await db.selectFrom('installation').select('value').where('key', '=', KEY).executeTakeFirst()
  return row && aggregatorSchema.parse(row.value)
}

/** What was submitted with earlier facts stays as it is. */
export async function writeAggregator(db: Db, facts: AggregatorFacts): Promise<void> {
  await sql`insert into installation (key, value) values (${KEY}, ${JSON.stringify(facts)}::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(db)
}
