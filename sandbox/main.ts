import { readOptions } from './options.ts'
import { startSandbox } from './server.ts'

/** How long a stop may take before the process goes without waiting further. */
const STOP_MOST_MS = 5_000

try {
  const options = readOptions(process.env)
  const sandbox = await startSandbox(options)
  const stop = () => {
    setTimeout(() => process.exit(0), STOP_MOST_MS).unref()
    void sandbox.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Whoever started us holds the other end of our input: when it is gone, we go.
  if (process.env.SANDBOX_ENDS_WITH_STDIN === 'true') process.stdin.resume().once('end', stop)
  // Said last: whoever reads it may stop us at once.
  process.stdout.write(`sandbox ready ${sandbox.url} smtp ${options.host}:${sandbox.smtpPort}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
