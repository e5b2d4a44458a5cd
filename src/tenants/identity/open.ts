import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { audit, type Actor } from '#core/audit.ts'
import { outsideTime, type Clock } from '#core/clock.ts'
import { ConfigError, type Config } from '#core/config.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { RecurringJob } from '#core/jobs/job.ts'
import type { Services } from '#core/services.ts'
import { createFederation, type Federation } from './federation.ts'
import { createSigningKeys, type SigningKeys } from './keys.ts'
import { openProviderDirectory, type MetadataSource } from './providers.ts'
import { dueSources, refreshProviders } from './refresh.ts'
import { createRegistrations } from './registrations.ts'
import { purgeTraces } from './trace.ts'

/**
 * How long a request that has expired is remembered: long enough that an answer which comes late is known for one, told so
 * and written to the trace of its entity. It lets nobody in.
 */
const LATE_ANSWERS_MS = 24 * 60 * 60_000

/** SPID and CIE of this installation, wired. */
export interface IdentityHouse {
  readonly federation: Federation
  readonly keys: SigningKeys
  readonly recurring: readonly RecurringJob[]
  /** Fetches the providers' metadata now. @returns the sources that failed */
  refresh(): Promise<readonly string[]>
  /** Writes down that somebody looks into the trace of an entity's sign-ins. */
  noteTraceRead(tenantId: string, actor: Actor): Promise<void>
}

/**
 * Wires SPID and CIE.
 * @throws ConfigError for certificates or metadata files that cannot be used
 */
export async function openIdentity(services: Services): Promise<IdentityHouse> {
  const { config, db, relay, clock, log } = services
  // Providers live in the system's time, also where a demonstration has been moved to another day.
  const wire: Clock = { now: () => outsideTime(clock) }
  const isProduction = config.NODE_ENV === 'production'
  const keys = createSigningKeys(db, config.MASTER_KEY)
  const sources = sourcesOf(config)
  const files = config.IDP_METADATA_FILES ?? []
  const providers = await openProviderDirectory(db, wire, { sources, files, isProduction })
  const federation = createFederation(services, createRegistrations(db, keys), providers, wire)
  const refresh = () => refreshProviders(sources, { db, log, now: wire.now() })
  return {
    federation,
    keys,
    refresh,
    noteTraceRead: (tenantId, actor) =>
      inTenant(db, tenantId, (tx) =>
        audit(tx, tenantId, { actor, action: 'identity.trace_read' }, clock.now()),
      ),
    recurring: [
      {
        name: 'identity.refresh-providers',
        lane: 'outside',
        every: { minutes: 60 },
        async run() {
          const now = wire.now()
          const failed = await refreshProviders(await dueSources(sources, { db, now }), { db, log, now })
          if (failed.length > 0) throw new Error(`metadata of ${failed.join(', ')} was not taken`)
        },
      },
      {
        name: 'identity.purge',
        lane: 'upkeep',
        every: { minutes: 15 },
        async run() {
          const now = wire.now()
          const yesterday = new Date(now.getTime() - LATE_ANSWERS_MS)
          await relay.deleteFrom('identity_requests').where('expires_at', '<=', yesterday).execute()
          await relay.deleteFrom('sign_in_handovers').where('expires_at', '<=', now).execute()
          let purged: number
          do purged = await purgeTraces(relay, now)
          while (purged > 0)
        },
      },
    ],
  }
}

/** Where identity providers answer. */
export function loginUrlOf({ LOGIN_URL, PUBLIC_URL }: Config): string {
  return LOGIN_URL ?? PUBLIC_URL
}

/** The published metadata that this installation reads: those of which it knows who signs them. */
function sourcesOf(config: Config): MetadataSource[] {
  const { SPID_METADATA_CERTIFICATES, CIE_METADATA_CERTIFICATES } = config
  const source = (scheme: string, url: string, path: string | undefined): MetadataSource[] =>
    path === undefined
      ? []
      : [{ name: `${scheme}-registry`, scheme, url, certificates: readCertificates(path) }]
  return [
    ...source('spid', config.SPID_METADATA_URL, SPID_METADATA_CERTIFICATES),
    ...source('cie', config.CIE_METADATA_URL, CIE_METADATA_CERTIFICATES),
  ]
}

function readCertificates(path: string): string[] {
  const problem = (text: string) => new ConfigError(`${path}, which shall hold certificates, ${text}.`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (found.length === 0) throw problem('holds none')
  if (!found.every(isCertificate)) throw problem('holds something else')
  return found
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    // The frame of a certificate around something else.
    return false
  }
}
