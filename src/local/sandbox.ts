import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface RunningSandbox {
  stop(): Promise<void>
}

const entry = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url))

/**
 * Starts the simulated outside world as a process of its own: it shares nothing with us but HTTP, SOAP and SMTP.
 * @throws Error with its own words when it does not come up
 */
export async function startSandbox(options: {
  port: number
  dataDir: string
  borsellinoUrl: string
  environment: Readonly<Record<string, string | undefined>>
}): Promise<RunningSandbox> {
  const child = spawn(process.execPath, [entry], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that Ctrl-C reaches us first.
    detached: true,
    env: {
      ...inherited(options.environment),
      // However we end, our end of its standard input closes, and it ends too.
      SANDBOX_ENDS_WITH_STDIN: 'true',
      SANDBOX_PORT: String(options.port),
      SANDBOX_DATA_DIR: options.dataDir,
      BORSELLINO_URL: options.borsellinoUrl,
    },
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)))
  await new Promise<void>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('sandbox ready')) done()
    })
    child.once('exit', (code) => fail(new Error(`the sandbox ended with ${code}: ${errors.trim()}`)))
  })
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** The sandbox gets what a program needs to run, and none of our secrets. */
function inherited(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'TZ',
    'LANG',
    'NODE_ENV',
    'SANDBOX_TOKEN_MINUTES',
    'SANDBOX_RETRY_SECONDS',
    'SANDBOX_PUBLIC_URL',
  ]
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
}
