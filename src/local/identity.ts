import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Actor } from '#core/audit.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { selfSignedCertificate } from '#identity/certificates/issue.ts'
import type { CertificateSubject } from '#identity/certificates/subject.ts'
import { schemes } from '#identity/schemes.ts'
import { readAggregator, writeAggregator, type AggregatorFacts } from '#tenants/identity/aggregator.ts'
import { loginUrlOf, type IdentityHouse } from '#tenants/identity/open.ts'
import {
  activateRegistration,
  draftRegistration,
  retireRegistration,
  submitRegistration,
} from '#tenants/identity/register.ts'
import { serviceAddresses } from '#tenants/identity/registrations.ts'

const HERE: Actor = { kind: 'system' }
const YEAR_MS = 365 * 86_400_000

/** Who federates the demonstration's entities: evidently nobody. */
const AGGREGATOR: AggregatorFacts = {
  name: 'Aggregatore di prova',
  vatNumber: 'IT99999999990',
  fiscalCode: '99999999990',
  email: 'aggregatore@example.org',
  telephone: '+390000000000',
  municipality: 'H501',
  locality: 'Roma',
  nace2Code: '62.01',
}

/**
 * Keeps the metadata of the simulated providers in files, as an administrator would.
 * @returns the value of IDP_METADATA_FILES; undefined where the sandbox has never run here
 */
export async function keepSandboxMetadata(
  sandboxUrl: string,
  folder: string,
  isRunning: boolean,
): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = schemes.map(({ id }) => ({ id, path: join(folder, `${id}.xml`) }))
  // One that is not there yet has nothing to tell: what it told last time will do.
  if (isRunning) await Promise.all(files.map(({ id, path }) => fetchMetadata(sandboxUrl, id, path)))
  const kept = files.filter(({ path }) => existsSync(path))
  return kept.length === 0 ? undefined : kept.map(({ id, path }) => `${id}=${path}`).join(',')
}

async function fetchMetadata(sandboxUrl: string, scheme: string, path: string): Promise<void> {
  const address = new URL(`/sandbox-idp/metadata/${scheme}.xml`, sandboxUrl)
  const response = await fetch(address, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  if (!response) return
  if (!response.ok) throw new Error(`the sandbox has no metadata for ${scheme}: HTTP ${response.status}`)
  writeFileSync(path, await response.text())
}

/** What registering needs of the house. */
export interface LocalIdentity {
  readonly services: Services
  readonly identity: IdentityHouse
}

/**
 * Registers an entity with every scheme, as AgID and the Ministry would in some weeks. One that lacks what metadata must
 * hold (website, e-mail, municipality) is left without.
 * @returns each scheme's metadata; none where the entity is left without
 */
export async function registerLocally(
  { services, identity }: LocalIdentity,
  tenant: Tenant,
): Promise<{ scheme: string; metadata: string }[]> {
  const { db, config, clock } = services
  const { municipalityCode, email, website } = tenant.branding
  if (tenant.ipaCode === null || !municipalityCode || !email || !website) return []
  const keyId = await aggregatorKey({ services, identity })
  const aggregator = await readAggregator(db)
  const loginUrl = loginUrlOf(config)
  const { registrations } = identity.federation
  const registered: { scheme: string; metadata: string }[] = []
  for (const { id: scheme } of schemes) {
    const active = await registrations.active(tenant.id, scheme)
    const { assertionConsumerUrl } = serviceAddresses(loginUrl, scheme, tenant)
    // Another port is another address: what was registered for the former one is of no use.
    if (active && active.assertionConsumerUrl !== assertionConsumerUrl)
      await retireRegistration(db, tenant.id, scheme, HERE, clock.now())
    if (active?.assertionConsumerUrl !== assertionConsumerUrl) {
      const workshop = { db, keys: identity.keys, loginUrl, aggregator, isProduction: false }
      const order = { scheme, profile: 'pub-ag-full', keyOwner: 'aggregator', keyId } as const
      await draftRegistration(workshop, tenant, order, HERE, clock.now())
      await submitRegistration(db, tenant.id, scheme, HERE, clock.now())
      await activateRegistration(db, tenant.id, scheme, HERE, clock.now())
      registrations.forget()
    }
    registered.push({ scheme, metadata: (await registrations.metadataOf(tenant.id, scheme))! })
  }
  return registered
}

/** The aggregator's key, made at the first start, with a certificate that it signs itself. */
async function aggregatorKey({ services, identity }: LocalIdentity): Promise<string> {
  const { db, config, clock } = services
  const owner = { kind: 'aggregator' } as const
  const [known] = (await identity.keys.list(owner)).filter(({ certificate }) => certificate !== null)
  if (known) return known.id
  const now = clock.now()
  await writeAggregator(db, AGGREGATOR)
  const subject: CertificateSubject = {
    commonName: AGGREGATOR.name,
    organizationName: AGGREGATOR.name,
    localityName: AGGREGATOR.locality,
    organizationIdentifier: 'VATIT-99999999990',
    uri: loginUrlOf(config),
  }
  const { id } = await identity.keys.make(owner, subject, now)
  const validity = { from: new Date(now.getTime() - 86_400_000), to: new Date(now.getTime() + 5 * YEAR_MS) }
  const certificate = selfSignedCertificate(await identity.keys.privateKey(owner, id), subject, validity)
  await identity.keys.certify(owner, id, certificate, now)
  return id
}

/**
 * Tells the simulated registries of an entity's metadata, so that their providers know it.
 * @throws Error when the sandbox refuses it or does not answer
 */
export async function announceMetadata(
  sandboxUrl: string,
  { scheme, metadata }: { scheme: string; metadata: string },
): Promise<void> {
  const response = await fetch(new URL('/api/identity/service-providers', sandboxUrl), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scheme, metadata }),
    signal: AbortSignal.timeout(5_000),
  })
  if (!response.ok)
    throw new Error(`the sandbox refused metadata for ${scheme}: ${response.status} ${await response.text()}`)
}
