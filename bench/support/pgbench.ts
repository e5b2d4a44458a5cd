import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A script for pgbench and where it runs. */
export interface Load {
  /** Connection string of the database and the role. */
  readonly url: string
  readonly script: string
  readonly clients: number
  /** How often each client runs the script. */
  readonly timesEach: number
  /** Whole numbers that the script reads as `:name`. */
  readonly variables?: Readonly<Record<string, number>>
  readonly signal: AbortSignal
}

export function pgbenchIsInstalled(): boolean {
  return spawnSync('pgbench', ['--version']).status === 0
}

/**
 * Runs a script with prepared statements and answers its rate per second, connecting not included.
 * @throws when a transaction failed, or pgbench itself
 */
export async function pgbench({
  url,
  script,
  clients,
  timesEach,
  variables = {},
  signal,
}: Load): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'borsellino-pgbench-'))
  try {
    const file = join(folder, 'script.sql')
    await writeFile(file, script)
    const { hostname, port, username, password, pathname } = new URL(url)
    const { stdout } = await run(
      'pgbench',
      `-n -M prepared -c ${clients} -j ${Math.min(2, clients)} -t ${timesEach} -h ${hostname} -p ${port} -U ${username}`
        .split(' ')
        .concat(Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]))
        .concat('-f', file, pathname.slice(1)),
      { env: { ...process.env, PGPASSWORD: password }, signal },
    )
    const done = /transactions actually processed: (\d+)\/(\d+)/.exec(stdout)
    const rate = /tps = ([\d.]+)/.exec(stdout)
    if (!rate || !done || done[1] !== done[2]) throw new Error(`pgbench did not finish: ${stdout}`)
    return Number(rate[1])
  } catch (error) {
    // What PostgreSQL said is the reason; the rest is pgbench's command line.
    const reason = /ERROR:.*/.exec(error instanceof Error ? error.message : '')?.[0]
    throw reason ? new Error(`pgbench: ${reason}`, { cause: error }) : error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * How often each client must run a script for a slice to last about so long: tried out with a short run, which
 * warms up besides.
 */
export async function timesEachFor(
  seconds: number,
  clients: number,
  tryOut: (timesEach: number) => Promise<number>,
): Promise<number> {
  const first = await tryOut(20)
  const rate = await tryOut(timesFor(0.4, first, clients))
  return timesFor(seconds, rate, clients)
}

function timesFor(seconds: number, rate: number, clients: number): number {
  return Math.max(5, Math.round((seconds * rate) / clients))
}
