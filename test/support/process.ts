import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a condition, `limitMs` at most; what it last threw tells why it was not met. */
export async function until<Value>(
  condition: () => Promise<Value | false | undefined> | Value | false | undefined,
  limitMs = 15_000,
): Promise<Value> {
  const end = Date.now() + limitMs
  let reason: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value !== false && value !== undefined) return value
      reason = undefined
    } catch (error) {
      reason = error
    }
    if (Date.now() > end) throw new Error(`the condition was not met in ${limitMs} ms`, { cause: reason })
    await sleep(40)
  }
}

/** A port of loopback that is free now, with the next one free too (the sandbox takes two). */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = createServer()
    const port = await listenOn(first, 0)
    const second = createServer()
    const isNextFree = await listenOn(second, port + 1).then(
      () => true,
      () => false,
    )
    await Promise.all([first, second].map((server) => new Promise((done) => server.close(done))))
    if (isNextFree) return port
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port))
  })
}

/** One of the project's own programs, as a user would start it. */
export interface Program {
  pid: number
  /** Everything it has written so far. */
  output(): string
  /** Waits until it has written that; throws with its output when it ends before, or within `limitMs` has not. */
  says(text: string, limitMs?: number): Promise<void>
  /** How it ended: an exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Sends a signal and waits for the end; 20 seconds at most. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/**
 * Whatever a failed test leaves running ends with the test run (cluster.ts), which outlives the process of the tests: that
 * one may be stopped without a word. Each program that runs has an empty file there, by its process id.
 */
export const RUNNING = 'running-program-'

/** What Node.js has compiled of the house once, for every start after it: half a second of each. */
const COMPILED = resolve('node_modules/.cache/borsellino-compiled')

/** Starts `node <file> <args>` with nothing of our environment but the path, and what is given. */
export function startProgram(
  file: string,
  environment: Record<string, string>,
  args: string[] = [],
): Program {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILED, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid!
  const mark = join(tmpdir(), `${RUNNING}${pid}`)
  writeFileSync(mark, '')
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | NodeJS.Signals>((done) =>
    child.once('close', (code, signal) => {
      rmSync(mark, { force: true })
      done(code ?? signal!)
    }),
  )
  let over = false
  void ended.then(() => (over = true))
  return {
    pid,
    ended,
    output: () => output,
    async says(text, limitMs = 30_000) {
      const limit = Date.now() + limitMs
      while (!output.includes(text)) {
        if (over || Date.now() > limit)
          throw new Error(
            `${file} ${over ? 'ended' : 'ran'} without saying "${text}":\n${output.slice(-3000)}`,
          )
        await sleep(20)
      }
    },
    async end(signal) {
      child.kill(signal)
      const result = await Promise.race([ended, sleep(20_000, undefined, { ref: false })])
      if (result !== undefined) return result
      throw new Error(`${file} outlived ${signal} by 20 seconds:\n${output.slice(-3000)}`)
    },
  }
}

/** Runs a program to its end. */
export async function runProgram(file: string, environment: Record<string, string>, args: string[] = []) {
  const program = startProgram(file, environment, args)
  const code = await Promise.race([program.ended, sleep(30_000, 'too slow', { ref: false })])
  return { code, output: program.output() }
}

/** The running processes that descend from one, itself left out. */
export function descendants(ancestor: number): number[] {
  const table = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).stdout
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const found = [ancestor]
  for (const parent of found) for (const [pid, of] of pairs) if (of === parent) found.push(pid!)
  return found.slice(1)
}

/** Those of the processes that still run; one that waits only to be collected has ended. */
export function stillRunning(pids: readonly number[]): string[] {
  const table = spawnSync('ps', ['-o', 'pid=,stat=,args=', '-p', pids.join(',')], { encoding: 'utf8' }).stdout
  return table.split('\n').filter((line) => line.trim() !== '' && !/^\s*\d+\s+Z/.test(line))
}

const REMOVED = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 } as const

/** Removes what a PostgreSQL for that folder keeps elsewhere: root's, and a disposable one's in memory. */
export function removeKept(folder: string): void {
  for (const elsewhere of ['/var/tmp', '/dev/shm'])
    rmSync(`${elsewhere}/borsellino-${encodeURIComponent(folder)}`, REMOVED)
}

/** A data folder of its own under the system's temporary folder; `remove` also takes what PostgreSQL keeps elsewhere. */
export function temporaryDataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'borsellino-process-'))
  return {
    path,
    remove() {
      rmSync(path, REMOVED)
      removeKept(resolve(path, 'database'))
    },
  }
}

/** A TCP proxy that can behave like a broken network. */
export interface Proxy {
  /** The same address as the target's, by way of the proxy. */
  through(url: string): string
  /** Passes everything on; connections made in worse times are reset, as after a failover. */
  pass(): void
  /** Cuts all connections and refuses new ones. */
  refuse(): void
  /** Takes connections and bytes, and answers nothing. */
  blackHole(): void
  /** Passes a question on that contains this text, throws its answer away and cuts: nobody knows what happened. */
  dropAnswerTo(text: string): void
  /** How many answers were thrown away: a fault that did not fire proves nothing. */
  dropped(): number
  close(): Promise<void>
}

/** Opens a proxy in front of the server that a URL names. */
export async function openProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let mode: 'pass' | 'refuse' | 'black-hole' = 'pass'
  let marker: string | undefined
  let dropped = 0
  const track = (socket: Socket) => {
    sockets.add(socket)
    // A broken connection is what we are here for; its peer sees the end.
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    track(client)
    if (mode === 'refuse') return client.resetAndDestroy()
    const upstream = connect(Number(port), hostname)
    track(upstream)
    let isDropping = false
    client.on('data', (chunk) => {
      if (mode === 'black-hole') return
      isDropping ||= marker !== undefined && chunk.includes(marker)
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (mode === 'black-hole') return
      if (!isDropping) return void client.write(chunk)
      marker = undefined
      dropped++
      client.resetAndDestroy()
    })
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
  })
  const own = await listenOn(server, 0)
  const cutAll = () => sockets.forEach((socket) => socket.resetAndDestroy())
  return {
    through(url) {
      const through = new URL(url)
      through.hostname = '127.0.0.1'
      through.port = String(own)
      return through.href
    },
    pass() {
      if (mode !== 'pass') cutAll()
      mode = 'pass'
    },
    refuse() {
      mode = 'refuse'
      cutAll()
    },
    blackHole: () => void (mode = 'black-hole'),
    dropAnswerTo: (text) => void (marker = text),
    dropped: () => dropped,
    async close() {
      cutAll()
      await new Promise((done) => server.close(done))
    },
  }
}
