import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import postgres from 'postgres'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>

export interface ConnectOptions {
  /** Connections at most. */
  max?: number
  /** Off behind a pooler in transaction mode (docs/operations.md). */
  prepare?: boolean
}

/**
 * Kysely on a pool of its own. Whole numbers of 64 bits come as bigint, since they are cents; calendar days come as
 * `YYYY-MM-DD`, since a day is no instant. Its driver is pg: transactions hold a connection for several statements, and
 * when such a connection dies in between, postgres.js 3.4 throws outside every promise and ends the process (its
 * issues 1066, 1154, 1208; docs/decisions/0010).
 */
export function connect(url: string, { max = 10 }: Pick<ConnectOptions, 'max'> = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    // A new connection's first pages take some tens of milliseconds more, which the driver's own ten seconds would have
    // every reader of a quiet hour wait for.
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: typesOfPg(),
  })
  outliveCuts(pool)
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

/**
 * Lets a process live on when connections of a pool die. One at rest is replaced by the next query, one at work fails its
 * query, and one that somebody holds between two queries fails the next of them: of that one the pool does not tell, and
 * its own cry ends the process where nobody listens.
 */
export function outliveCuts(pool: pg.Pool): void {
  const unheard = () => {}
  pool.on('error', unheard)
  pool.on('connect', (client) => client.on('error', unheard))
}

/**
 * After how long a connection at rest is shown to be in use: a firewall on the way would forget it, and its next query wait
 * for nobody.
 */
export const KEEP_ALIVE_AFTER_MS = 30_000
/** How long a connection that nobody needs is kept. */
const IDLE_MS = 10 * 60_000

/** The driver's own parsers but for two; whatever it does not parse stays text. */
function typesOfPg(): pg.TypeOverrides {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, BigInt)
  types.setTypeParser(pg.types.builtins.DATE, String)
  return types
}

/**
 * The driver itself. Hot paths call one SQL function through it: queries of many callers share a connection in one
 * pipeline, where Kysely reserves a connection for each. It is told which lists it will meet: by itself it asks each new
 * connection for them, and when that one is cut just then the process ends (its issues 279, 1192, 1223;
 * docs/decisions/0010). Its `reserve()` would wait for that answer for ever (its issue 751): nobody may call it.
 */
export function openPool(url: string, { max = 10, prepare = true }: ConnectOptions = {}) {
  return postgres(url, {
    max,
    prepare,
    onnotice: () => {},
    connect_timeout: 10,
    fetch_types: false,
    types: {
      texts: listOf(TEXT_LIST),
      ids: listOf(ID_LIST),
      boolean: {
        to: 16,
        from: [16],
        serialize: (value: boolean) => (unwritten(value) ? 't' : 'f'),
        parse: (text: string) => text === 't',
      },
      bytea: {
        to: 17,
        from: [17],
        serialize: (value: Buffer) => `\\x${unwritten(value).toString('hex')}`,
        parse: (text: string) => Buffer.from(text.slice(2), 'hex'),
      },
      bigint: postgres.BigInt,
      day: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (value: string) => value },
    },
  })
}

export type Pool = ReturnType<typeof openPool>

/** The numbers that PostgreSQL gives text[] and uuid[] (its catalogue pg_type). */
const [TEXT_LIST, ID_LIST] = [1009, 2951]

// The driver's own types know the numbers of some types alone, not of lists.
const parserOf = pg.types.getTypeParser as (oid: number) => (text: string) => string[]

/** A list of texts or ids as PostgreSQL writes it: each in quotes, which holds for every text. */
function listOf(oid: number) {
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  return {
    to: oid,
    from: [oid],
    serialize: (values: readonly string[]) => `{${unwritten(values).map(quoted).join()}}`,
    parse: parserOf(oid),
  }
}

/**
 * A value as its caller gave it. When PostgreSQL has forgotten a prepared statement, the driver tries it again with the
 * parameters as it has written them, and would write them a second time: bytes as the bytes of their own digits, true as false.
 * @throws Error then; the statement is prepared anew by whoever asks next
 */
function unwritten<Value>(value: Value): Value {
  if (typeof value === 'string')
    throw new Error('PostgreSQL forgot a prepared statement: behind a pooler set DATABASE_PREPARE=false')
  return value
}
