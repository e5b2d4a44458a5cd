import { sql } from 'kysely'
import type { Clock } from './clock.ts'
import type { Db } from './db/connect.ts'

const KEY = 'clock-offset-ms'
const LOOK_EVERY_MS = 500

/** Moves the clock of a demonstration, for every process on this database. Production has no such clock. */
export async function moveClock(db: Db, offsetMs: number): Promise<void> {
  await sql`insert into installation (key, value) values (${KEY}, ${offsetMs}::int8::text::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(db)
}

/** How far the demonstration's clock is moved. */
export async function clockOffsetMs(db: Db): Promise<number> {
  const row = await db.selectFrom('installation').select('value').where('key', '=', KEY).executeTakeFirst()
  return row ? Number(row.value) : 0
}

/** A clock that can be moved from the command line, so that a demonstration need not wait for days. */
export function demonstrationClock(db: Db): { clock: Clock; stop(): void } {
  let offsetMs = 0
  const look = () =>
    clockOffsetMs(db).then(
      (found) => void (offsetMs = found),
      // Without the database nothing else works either; the last known offset stays.
      () => {},
    )
  void look()
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  timer.unref()
  const clock = { now: () => new Date(Date.now() + offsetMs), outside: () => new Date() }
  return { clock, stop: () => clearInterval(timer) }
}
