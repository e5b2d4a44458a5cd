import { z } from 'zod'

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ })
const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 random bytes in base64 (openssl rand -base64 32)')
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => new Set(bytes).size > 8, 'is not random')
const port = z.coerce.number().int().min(0).max(65_535)
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

const common = {
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  ROLE: z.enum(['web', 'worker', 'all']).default('all'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATABASE_URL: databaseUrl,
  RELAY_DATABASE_URL: databaseUrl,
  OWNER_DATABASE_URL: databaseUrl.optional(),
  QUEUE_DATABASE_URL: databaseUrl.optional(),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(12),
  DATABASE_PREPARE: flag.default(true),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).default('Borsellino <non-rispondere@borsellino.example>'),
  MASTER_KEY: key,
  CHECKOUT_URL: z.url({ protocol: /^https?$/ }).default('https://api.platform.pagopa.it/checkout/ec/v2'),
  CHECKOUT_SUBSCRIPTION_KEY: z.string().min(1),
  ACA_URL: z.url({ protocol: /^https?$/ }).default('https://api.platform.pagopa.it/aca/v1'),
  ACA_SUBSCRIPTION_KEY: z.string().min(1),
  FDR_URL: z.url({ protocol: /^https?$/ }).default('https://api.platform.pagopa.it/fdr-org/service/v1'),
  FDR_SUBSCRIPTION_KEY: z.string().min(1),
  BIZ_EVENTS_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.platform.pagopa.it/bizevents/service/v1'),
  BIZ_EVENTS_SUBSCRIPTION_KEY: z.string().min(1),
  /** Origins that Checkout's pages may have: our pages' form-action lists them. */
  CHECKOUT_ORIGINS: z.string().default('https://checkout.pagopa.it https://api.platform.pagopa.it'),
  SANDBOX_URL: z.url({ protocol: /^http$/ }).optional(),
}

const development = z.object({
  ...common,
  NODE_ENV: z.enum(['development', 'test']).default('development'),
  /** Tests only: dies at the named point, written `name:nth`. */
  CRASH_POINT: z.string().optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }),
})

const production = z.object({
  ...common,
  NODE_ENV: z.literal('production'),
  PUBLIC_URL: z.url({ protocol: /^https$/, error: 'must be an https address' }),
  SANDBOX_URL: z.undefined({ error: 'is not for production' }).optional(),
  CRASH_POINT: z.undefined({ error: 'is not for production' }).optional(),
})

export type Config = Readonly<z.infer<typeof development> | z.infer<typeof production>>

/**
 * Reads the environment once, at boot; nothing else in src/ looks at it. docs/configuration.md explains
 * every name.
 * @throws one error that lists every problem
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  // An empty value means "unset", as shells and compose files write it.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const schema = given.NODE_ENV === 'production' ? production : development
  const parsed = schema.safeParse(given)
  const hasQueue = given.REDIS_URL !== undefined || given.QUEUE_DATABASE_URL !== undefined
  if (parsed.success && hasQueue) return Object.freeze(parsed.data)
  const lines = (parsed.error?.issues ?? []).map((issue) => {
    const name = issue.path.join('.')
    const missing = issue.code === 'invalid_type' && given[name] === undefined
    return `  ${name} ${missing ? 'is missing' : issue.message}`
  })
  if (!hasQueue) lines.push('  REDIS_URL or QUEUE_DATABASE_URL is missing')
  throw new ConfigError(
    `The configuration is not complete:\n${lines.toSorted().join('\n')}\nSee docs/configuration.md.`,
  )
}

/** Wrong or missing configuration: said in words, without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
