import { z } from 'zod'
import { appLinks } from './app-links.ts'
import { callerPins } from './caller-pins.ts'
import { addressList } from './remote-address.ts'

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ })
const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 random bytes in base64 (openssl rand -base64 32)')
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => new Set(bytes).size > 8, 'is not random')
const port = z.coerce.number().int().min(0).max(65_535)
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const header = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, 'is no name of a header')
  .transform((name) => name.toLowerCase())

/** A text that `read` makes something of, or says in words why not. */
function readAs<Value>(read: (text: string) => Value) {
  return z.string().transform((text, context) => {
    try {
      return read(text)
    } catch (error) {
      context.addIssue((error as Error).message)
      return z.NEVER
    }
  })
}

/** Who may call as pagoPA's Node: see docs/operations.md. */
const proxies = readAs(addressList)
const subjects = readAs(callerPins)

/** `scheme=path` pairs, separated by commas. */
function metadataFiles(text: string): { scheme: string; path: string }[] {
  return text.split(',').map((entry) => {
    const [, scheme, path] = /^([a-z]{2,10})=(.+)$/.exec(entry.trim()) ?? []
    if (!scheme || !path) throw new Error(`is no list of scheme=path: ${entry}`)
    return { scheme, path }
  })
}

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
  /** Headers in which the proxy says whether it verified a client certificate, and whose it is. */
  PAGOPA_VERIFIED_HEADER: header.default('x-client-verify'),
  PAGOPA_SUBJECT_HEADER: header.default('x-client-subject'),
  /** Addresses that the proxy may have seen; without them any address will do that has the certificate. */
  PAGOPA_ADDRESSES: readAs(addressList).optional(),
  SANDBOX_URL: z.url({ protocol: /^http$/ }).optional(),
  /** A sandbox that stands for the outside world to entities in rehearsal, and whose certificate may call for them. */
  REHEARSAL_SANDBOX_URL: z.url({ protocol: /^https?$/ }).optional(),
  REHEARSAL_SUBJECTS: readAs(callerPins).optional(),
  /** Where identity providers send their answers, for all entities; PUBLIC_URL when left out. */
  LOGIN_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Metadata of SPID's providers and of CIE's; read where the certificates of who signs them are given too. */
  SPID_METADATA_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://registry.spid.gov.it/metadata/idp/spid-entities-idps.xml'),
  SPID_METADATA_CERTIFICATES: z.string().min(1).optional(),
  CIE_METADATA_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://idserver.servizicie.interno.gov.it/idp/shibboleth?Metadata'),
  CIE_METADATA_CERTIFICATES: z.string().min(1).optional(),
  /** More providers from files: `spid=/path/one.xml,cie=/path/two.xml`. */
  IDP_METADATA_FILES: readAs(metadataFiles).optional(),
}

const development = z.object({
  ...common,
  NODE_ENV: z.enum(['development', 'test']).default('development'),
  /** Tests only: dies at the named point, written `name:nth`. */
  CRASH_POINT: z.string().optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  APP_LINKS: readAs((text) => appLinks(text, { loopback: true })).prefault('borsellino://accesso'),
  PAGOPA_PROXIES: proxies.optional(),
  PAGOPA_SUBJECTS: subjects.optional(),
})

const production = z.object({
  ...common,
  NODE_ENV: z.literal('production'),
  PUBLIC_URL: z.url({ protocol: /^https$/, error: 'must be an https address' }),
  LOGIN_URL: z.url({ protocol: /^https$/, error: 'must be an https address' }).optional(),
  APP_LINKS: readAs((text) => appLinks(text, { loopback: false })).prefault(''),
  PAGOPA_PROXIES: proxies,
  PAGOPA_SUBJECTS: subjects,
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
  const half = halfAuthentication(given)
  if (parsed.success && hasQueue && half.length === 0) return Object.freeze(parsed.data)
  const lines = (parsed.error?.issues ?? []).map((issue) => {
    const name = issue.path.join('.')
    const missing = issue.code === 'invalid_type' && given[name] === undefined
    return `  ${name} ${missing ? 'is missing' : issue.message}`
  })
  if (!hasQueue) lines.push('  REDIS_URL or QUEUE_DATABASE_URL is missing')
  lines.push(...half)
  throw new ConfigError(
    `The configuration is not complete:\n${lines.toSorted().join('\n')}\nSee docs/configuration.md.`,
  )
}

/** Half of the caller's authentication is none: who sets one of these means the others. Production wants them anyway. */
function halfAuthentication(given: Readonly<Record<string, string | undefined>>): string[] {
  const names = ['PAGOPA_PROXIES', 'PAGOPA_SUBJECTS'] as const
  const wanted = [...names, 'PAGOPA_ADDRESSES'].some((name) => given[name] !== undefined)
  if (given.NODE_ENV === 'production' || !wanted) return []
  return names.filter((name) => given[name] === undefined).map((name) => `  ${name} is missing`)
}

/** Wrong or missing configuration: said in words, without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
