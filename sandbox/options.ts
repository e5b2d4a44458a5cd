/** How patient and how insistent the simulated world is. All in milliseconds. */
export interface Timings {
  /** Life of a payment token; the Node's own default is 30 minutes. */
  readonly tokenLifeMs: number
  /** The Node's timeout of verify, get and demand. */
  readonly readTimeoutMs: number
  /** The Node's timeout of a receipt. */
  readonly receiptTimeoutMs: number
  /** Pauses before each further try of a receipt; when they are used up the receipt stays where it is. */
  readonly retryDelaysMs: readonly number[]
  /** How long a payment page waits for the receipt's first answer before it lets the browser go. */
  readonly receiptPatienceMs: number
  /** How long a receipt waits that leaves only after the browser has returned. */
  readonly afterReturnMs: number
  /** How long a receipt waits when Checkout says "in lavorazione". */
  readonly waitingDelayMs: number
  /** Life of a Checkout cart; the real one lives 10 minutes. */
  readonly cartLifeMs: number
}

export const defaultTimings: Timings = {
  tokenLifeMs: 30 * 60_000,
  readTimeoutMs: 7_000,
  receiptTimeoutMs: 15_000,
  retryDelaysMs: [1, 2, 5, 10, 20, 30, 60, 60, 120, 300, 600].map((seconds) => seconds * 1000),
  receiptPatienceMs: 2_000,
  afterReturnMs: 1_500,
  waitingDelayMs: 8_000,
  cartLifeMs: 10 * 60_000,
}

/** How often one subscription may ask biz-events; the real one allows 10 calls in 60 minutes. */
export interface BizEventsLimit {
  readonly mostCalls: number
  readonly windowMs: number
}

export const defaultBizEventsLimit: BizEventsLimit = { mostCalls: 10, windowMs: 60 * 60_000 }

export interface SandboxOptions {
  /** 0 asks the system for a free port. */
  readonly port?: number
  readonly smtpPort?: number
  readonly host?: string
  /** Where this sandbox is seen from outside; by default its own host and port. */
  readonly publicUrl?: string
  /** Keeps the state across restarts; unset means memory only. */
  readonly dataDir?: string
  /** Where Borsellino answers: its SOAP endpoint is `/webhooks/pagopa` below this. */
  readonly borsellinoUrl?: string
  readonly timings?: Partial<Timings>
  readonly bizEvents?: Partial<BizEventsLimit>
  /** The subscription keys that the REST services accept; without them any key that is not empty. */
  readonly subscriptionKeys?: readonly string[]
  readonly now?: () => Date
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment once, at start.
 * @throws Error that lists every problem, and when NODE_ENV is production: nothing here is a real payment
 */
export function readOptions(
  env: Environment,
): SandboxOptions & { port: number; smtpPort: number; host: string } {
  if (env.NODE_ENV === 'production') {
    throw new Error('The sandbox simulates payments: it does not start with NODE_ENV=production.')
  }
  const problems: string[] = []
  const port = readNumber(env, 'SANDBOX_PORT', 3001, 65_535, problems)
  const smtpPort = readNumber(env, 'SANDBOX_SMTP_PORT', port === 0 ? 0 : port + 1, 65_535, problems)
  const tokenMinutes = readNumber(env, 'SANDBOX_TOKEN_MINUTES', 30, 1440, problems)
  const retrySeconds = readList(env, 'SANDBOX_RETRY_SECONDS', problems)
  const borsellinoUrl = readUrl(env, 'BORSELLINO_URL', 'http://127.0.0.1:3000', problems)
  const publicUrl = readUrl(env, 'SANDBOX_PUBLIC_URL', undefined, problems)
  const keys = env.SANDBOX_SUBSCRIPTION_KEYS?.split(',').filter((key) => key !== '')
  if (problems.length > 0)
    throw new Error(`The sandbox cannot start:\n${problems.map((line) => `- ${line}`).join('\n')}`)
  return {
    port,
    smtpPort,
    host: env.SANDBOX_HOST || '127.0.0.1',
    ...(env.SANDBOX_DATA_DIR ? { dataDir: env.SANDBOX_DATA_DIR } : {}),
    ...(borsellinoUrl === undefined ? {} : { borsellinoUrl }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(keys && keys.length > 0 ? { subscriptionKeys: keys } : {}),
    timings: {
      tokenLifeMs: tokenMinutes * 60_000,
      ...(retrySeconds === undefined ? {} : { retryDelaysMs: retrySeconds.map((seconds) => seconds * 1000) }),
    },
  }
}

function readNumber(
  env: Environment,
  name: string,
  fallback: number,
  most: number,
  problems: string[],
): number {
  const text = env[name]
  if (!text) return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  problems.push(`${name} must be a whole number from 0 to ${most}, not "${text}"`)
  return fallback
}

function readList(env: Environment, name: string, problems: string[]): number[] | undefined {
  const text = env[name]
  if (!text) return undefined
  if (/^\d{1,6}(,\d{1,6})*$/.test(text)) return text.split(',').map(Number)
  problems.push(`${name} must be seconds separated by commas, not "${text}"`)
  return undefined
}

function readUrl(
  env: Environment,
  name: string,
  fallback: string | undefined,
  problems: string[],
): string | undefined {
  const text = env[name]
  if (!text) return fallback
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '')
  problems.push(`${name} must be an http(s) address, not "${text}"`)
  return fallback
}
