import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Db } from '#core/db/connect.ts'
import { audit, type Actor } from '#core/audit.ts'
import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'
import { organizationProblems, productionProblems } from '#identity/metadata/rules.ts'
import type { ServiceProvider } from '#identity/metadata/service-provider.ts'
import { hasMetadata } from '#identity/saml/scheme.ts'
import { schemeNamed } from '#identity/schemes.ts'
import type { AggregatorFacts } from './aggregator.ts'
import type { SigningKeys } from './keys.ts'
import { aggregatedEntityId, ownerOf, serviceAddresses } from './registrations.ts'

/** How a tenant shall be known to a scheme. */
export interface RegistrationOrder {
  readonly scheme: string
  /** Through us as its full aggregator, or by itself under an entityID of its own. */
  readonly profile: 'pub-ag-full' | 'public'
  /** Of a tenant federated by itself. */
  readonly entityId?: string
  readonly keyOwner: 'aggregator' | 'tenant'
  readonly keyId: string
  /** During a rotation: the next or the former key, announced beside the one that signs. */
  readonly otherKeyId?: string
}

interface Workshop {
  readonly db: Db
  readonly keys: SigningKeys
  readonly loginUrl: string
  readonly aggregator: AggregatorFacts | undefined
  /** True on a real installation: https everywhere, no ports. */
  readonly isProduction: boolean
}

/**
 * Prepares the next version of a registration: signs its metadata and keeps it as a draft, in place of an earlier one.
 * @returns the version's number
 * @throws DomainError identity.registration_unfit with every problem in words, resource.not_found for an unknown key
 */
export async function draftRegistration(
  { db, keys, loginUrl, aggregator, isProduction }: Workshop,
  tenant: Tenant,
  order: RegistrationOrder,
  actor: Actor,
  now: Date,
): Promise<number> {
  const scheme = schemeNamed(order.scheme)
  const missing = [
    ...(scheme && hasMetadata(scheme) ? [] : [`there is no scheme ${order.scheme} that wants metadata`]),
    ...(tenant.ipaCode === null ? ['the tenant has no IPA code'] : []),
    ...(tenant.branding.municipalityCode ? [] : ['the tenant has no Belfiore code']),
    ...(tenant.branding.email ? [] : ['the tenant has no e-mail address']),
    ...(tenant.branding.website ? [] : ['the tenant has no website']),
    ...(order.profile === 'pub-ag-full' && !aggregator ? ['this installation is no aggregator yet'] : []),
    ...(order.profile === 'public' && !order.entityId
      ? ['a tenant federated by itself needs its entityID']
      : []),
  ]
  if (missing.length > 0 || !scheme || !hasMetadata(scheme)) throw unfit(missing)
  const owner = ownerOf(order.keyOwner, tenant.id)
  const entityId = order.entityId ?? aggregatedEntityId(loginUrl, tenant.ipaCode!)
  const other = order.otherKeyId === undefined ? undefined : await keys.open(owner, order.otherKeyId)
  const provider: ServiceProvider = {
    profile: order.profile,
    entityId,
    key: await keys.open(owner, order.keyId),
    ...(other && { otherCertificate: other.certificate }),
    ...serviceAddresses(loginUrl, scheme.id, tenant),
    serviceName: tenant.branding.serviceName,
    organization: { name: tenant.name, displayName: tenant.name, url: tenant.branding.website },
    ipaCode: tenant.ipaCode!,
    email: tenant.branding.email,
    ...telephoneOf(tenant),
    municipality: tenant.branding.municipalityCode,
    ...(order.profile === 'pub-ag-full' && aggregator && { aggregator }),
  }
  const problems = [...organizationProblems(provider), ...(isProduction ? productionProblems(provider) : [])]
  if (problems.length > 0) throw unfit(problems)
  const metadata = scheme.metadata(provider)
  return inTenant(db, tenant.id, async (tx) => {
    await ofScheme(tx.deleteFrom('identity_registrations'), tenant.id, scheme.id)
      .where('state', '=', 'draft')
      .execute()
    const { latest } = await ofScheme(tx.selectFrom('identity_registrations'), tenant.id, scheme.id)
      .select(({ fn }) => fn.max('version').as('latest'))
      .executeTakeFirstOrThrow()
    const version = (latest ?? 0) + 1
    await tx
      .insertInto('identity_registrations')
      .values({
        tenant_id: tenant.id,
        scheme: scheme.id,
        version,
        profile: order.profile,
        entity_id: entityId,
        assertion_consumer_url: provider.assertionConsumerUrl,
        logout_url: provider.logoutUrl,
        key_owner: order.keyOwner,
        key_id: order.keyId,
        other_key_id: order.otherKeyId ?? null,
        metadata,
        state: 'draft',
        made_at: now,
      })
      .execute()
    await note(tx, tenant.id, actor, 'registration.drafted', { scheme: scheme.id, version }, now)
    return version
  })
}

/**
 * Notes that the draft went to the registry (AgID, the Ministry): from now on it never changes.
 * @throws DomainError identity.registration_state without a draft, or while another version is under way
 */
export async function submitRegistration(
  db: Db,
  tenantId: string,
  scheme: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  await inTenant(db, tenantId, async (tx) => {
    const underWay = await inState(tx, tenantId, scheme, 'submitted')
    const draft = await inState(tx, tenantId, scheme, 'draft')
    if (underWay !== undefined || draft === undefined) throw new DomainError('identity.registration_state')
    await move(tx, tenantId, scheme, draft, { state: 'submitted', submitted_at: now })
    await note(tx, tenantId, actor, 'registration.submitted', { scheme, version: draft }, now)
  })
}

/**
 * Notes that the registry has published what was submitted: from now on it signs requests, and the former one retires.
 * @throws DomainError identity.registration_state when nothing was submitted
 */
export async function activateRegistration(
  db: Db,
  tenantId: string,
  scheme: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  await inTenant(db, tenantId, async (tx) => {
    const submitted = await inState(tx, tenantId, scheme, 'submitted')
    if (submitted === undefined) throw new DomainError('identity.registration_state')
    const former = await inState(tx, tenantId, scheme, 'active')
    if (former !== undefined) await move(tx, tenantId, scheme, former, { state: 'retired' })
    await move(tx, tenantId, scheme, submitted, { state: 'active', active_at: now })
    await note(tx, tenantId, actor, 'registration.activated', { scheme, version: submitted }, now)
  })
}

/**
 * Takes a scheme away from a tenant's pages, its registration withdrawn.
 * @throws DomainError identity.registration_state when it is not active
 */
export async function retireRegistration(
  db: Db,
  tenantId: string,
  scheme: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  await inTenant(db, tenantId, async (tx) => {
    const active = await inState(tx, tenantId, scheme, 'active')
    if (active === undefined) throw new DomainError('identity.registration_state')
    await move(tx, tenantId, scheme, active, { state: 'retired' })
    await note(tx, tenantId, actor, 'registration.retired', { scheme, version: active }, now)
  })
}

function unfit(problems: readonly string[]): DomainError {
  return new DomainError('identity.registration_unfit', { problems: problems.join('; ') })
}

/** `+39` and digits, as metadata wants it; left out where the entity's number has no such form. */
function telephoneOf({ branding }: Tenant): { telephone?: string } {
  const digits = branding.phone.replace(/[\s./-]/g, '').replace(/^\+39/, '')
  return /^\d{5,14}$/.test(digits) ? { telephone: `+39${digits}` } : {}
}

interface Filtered<Query> {
  where(column: 'tenant_id' | 'scheme', operator: '=', value: string): Query
}

function ofScheme<Query extends Filtered<Query>>(query: Query, tenantId: string, scheme: string): Query {
  return query.where('tenant_id', '=', tenantId).where('scheme', '=', scheme)
}

async function inState(
  tx: Tx,
  tenantId: string,
  scheme: string,
  state: 'draft' | 'submitted' | 'active',
): Promise<number | undefined> {
  const row = await ofScheme(tx.selectFrom('identity_registrations'), tenantId, scheme)
    .select('version')
    .where('state', '=', state)
    .forUpdate()
    .executeTakeFirst()
  return row?.version
}

async function move(
  tx: Tx,
  tenantId: string,
  scheme: string,
  version: number,
  set: { state: 'submitted' | 'active' | 'retired'; submitted_at?: Date; active_at?: Date },
): Promise<void> {
  await ofScheme(tx.updateTable('identity_registrations'), tenantId, scheme)
    .set(set)
    .where('version', '=', version)
    .execute()
}

async function note(
  tx: Tx,
  tenantId: string,
  actor: Actor,
  action:
    | 'registration.drafted'
    | 'registration.submitted'
    | 'registration.activated'
    | 'registration.retired',
  details: { scheme: string; version: number },
  now: Date,
): Promise<void> {
  await audit(tx, tenantId, { actor, action, details }, now)
}
