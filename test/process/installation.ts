import postgres from 'postgres'
import { freePorts, runProgram, startProgram, type Program } from '../support/process.ts'

/** One installation as a user has it: the real programs, its ports, its database, and the simulated world beside it. */
export interface Installation {
  readonly url: string
  readonly sandboxUrl: string
  readonly smtpPort: number
  /** Starts it; what is given counts for this start alone. */
  launch(more?: Record<string, string>): Program
  /** Starts it and waits until it is ready. */
  start(more?: Record<string, string>): Promise<Program>
  /** `npm run cli -- …` on it. */
  cli(...words: string[]): Promise<{ code: unknown; output: string }>
}

/** Names an installation; nothing runs yet. `environment` counts for every start. */
export async function installation(environment: Record<string, string>): Promise<Installation> {
  const [port, sandboxPort] = [await freePorts(), await freePorts()]
  const all = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_RETRY_SECONDS: Array.from({ length: 60 }, () => 1).join(','),
    ...environment,
  }
  const launch = (more: Record<string, string> = {}) => startProgram('src/main.ts', { ...all, ...more })
  return {
    url: `http://127.0.0.1:${port}`,
    sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
    smtpPort: sandboxPort + 1,
    launch,
    async start(more = {}) {
      const program = launch(more)
      await program.says('"msg":"ready"', 60_000)
      return program
    },
    cli: (...words) => runProgram('src/cli.ts', all, words),
  }
}

/** Calls the sandbox's JSON API. */
export async function playWorld(
  sandboxUrl: string,
  path: string,
  body?: object,
  method = 'POST',
): Promise<unknown> {
  const response = await fetch(`${sandboxUrl}${path}`, {
    signal: AbortSignal.timeout(10_000),
    ...(body ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

/** The first payment code of an entity that the sandbox knows, as a tobacconist scans it. */
export async function firstPaymentCode(sandboxUrl: string, slug: string): Promise<string> {
  const world = (await playWorld(sandboxUrl, '/world.json')) as {
    tenants: { slug: string; paymentCodes: { text: string }[] }[]
  }
  return world.tenants.find((tenant) => tenant.slug === slug)!.paymentCodes[0]!.text
}

/** A top-up at the tobacconist's: the code is scanned, the amount typed, the notice confirmed. Answers its number. */
export async function payAtCounter(sandboxUrl: string, qr: string, amountCents: number): Promise<string> {
  const asked = (await playWorld(sandboxUrl, '/api/puntolis/demand', { qr, amountCents })) as {
    fiscalCode: string
    noticeNumber: string
  }
  const { fiscalCode, noticeNumber } = asked
  // The house may die of the receipt, and the sandbox with it: what became of the money, the database tells.
  await playWorld(sandboxUrl, '/api/puntolis/confirm', { fiscalCode, noticeNumber }).catch(() => undefined)
  return noticeNumber
}

/** What the database knows of one notice, and of all work that waits. Read as superuser, past every policy. */
export interface Trace {
  receipts: number
  copies: number
  credited: bigint
  waiting: number
}

/** Looks into an installation's database. */
export function openEye(adminUrl: string) {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, types: { bigint: postgres.BigInt } })
  return {
    async trace(noticeNumber: string): Promise<Trace> {
      const [row] = await sql<[Trace]>`
        select
          (select count(*)::int from receipts where notice_number = ${noticeNumber}) as receipts,
          (select count(*)::int from receipt_copies c join receipts r on r.tenant_id = c.tenant_id and r.id = c.receipt_id
            where r.notice_number = ${noticeNumber}) as copies,
          (select coalesce(sum(p.amount_cents), 0)::bigint from receipts r
            join ledger_postings p on p.tenant_id = r.tenant_id and p.transaction_id = r.ledger_transaction_id
            where r.notice_number = ${noticeNumber} and p.account = 'wallet') as credited,
          (select count(*)::int from outbox where done_at is null and due_at <= now()) as waiting`
      return row
    },
    /** How many unfinished entries of a job a queue has been given. */
    async handedOver(job: string): Promise<number> {
      const [row] = await sql<[{ count: number }]>`
        select count(*)::int as count from outbox where job = ${job} and done_at is null and attempt > 0`
      return row.count
    },
    /** The balance of every wallet, by the child's first name. */
    async balances(): Promise<Record<string, bigint>> {
      const rows = await sql<{ name: string; cents: bigint }[]>`
        select t.slug || '/' || k.first_name as name, w.balance_cents as cents from wallets w
        join children k on k.tenant_id = w.tenant_id and k.id = w.child_id join tenants t on t.id = w.tenant_id`
      return Object.fromEntries(rows.map(({ name, cents }) => [name, cents]))
    },
    /** Ends every connection to this database but our own, as a restart of the server does. Answers how many. */
    async cutConnections(): Promise<number> {
      const rows = await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
      return rows.length
    },
    tenants: async () =>
      (await sql<{ slug: string }[]>`select slug from tenants order by slug`).map(({ slug }) => slug),
    close: () => sql.end(),
  }
}
