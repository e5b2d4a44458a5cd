import { Kysely } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
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
 * Opens a pool. Whole numbers of 64 bits come as bigint, since they are cents; calendar days come as `YYYY-MM-DD`,
 * since a day is no instant.
 */
export function connect(url: string, options: ConnectOptions = {}): Db {
  return kyselyOver(openPool(url, options))
}

/** Kysely on a pool that hot paths also use directly. */
export function kyselyOver(pool: Pool): Db {
  return new Kysely<Database>({ dialect: new PostgresJSDialect({ postgres: pool }) })
}

/**
 * The driver itself. Hot paths call one SQL function through it: queries of many callers share a connection in one
 * pipeline, where Kysely reserves a connection for each.
 */
export function openPool(url: string, { max = 10, prepare = true }: ConnectOptions = {}) {
  return postgres(url, {
    max,
    prepare,
    onnotice: () => {},
    connect_timeout: 10,
    types: {
      bigint: postgres.BigInt,
      day: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (value: string) => value },
    },
  })
}

export type Pool = ReturnType<typeof openPool>
