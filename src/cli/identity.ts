import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { connect } from '../core/db/connect.ts'
import { DomainError } from '../core/errors.ts'
import type { Actor } from '../core/audit.ts'
import type { Tenant } from '../core/tenant.ts'
import type { House } from '../house.ts'
import { selfSignedCertificate } from '../identity/certificates/issue.ts'
import type { CertificateSubject } from '../identity/certificates/subject.ts'
import { aggregatorSchema, readAggregator, writeAggregator } from '../tenants/identity/aggregator.ts'
import type { KeyOwner } from '../tenants/identity/keys.ts'
import { loginUrlOf } from '../tenants/identity/open.ts'
import {
  activateRegistration,
  draftRegistration,
  retireRegistration,
  submitRegistration,
} from '../tenants/identity/register.ts'
import { aggregatedEntityId } from '../tenants/identity/registrations.ts'
import { readTrace } from '../tenants/identity/trace.ts'
import { withHouse, type Command } from './command.ts'

/** Who acts on the command line: the system, since no person signs in there. */
const HERE: Actor = { kind: 'system' }

/** A self-signed certificate of a public body lives as long as Avviso 29 lets it be practical. */
const SELF_SIGNED_DAYS = 3 * 365

const options = {
  tenant: { type: 'string' },
  scheme: { type: 'string' },
  file: { type: 'string' },
  key: { type: 'string' },
  'other-key': { type: 'string' },
  'entity-id': { type: 'string' },
  'self-signed': { type: 'boolean' },
  request: { type: 'string' },
} as const

function read(args: string[]) {
  const { values } = parseArgs({ args, options })
  const need = (name: 'tenant' | 'scheme' | 'file' | 'key' | 'request'): string => {
    const value = values[name]
    if (!value) throw new DomainError('request.invalid', { missing: `--${name}` })
    return value
  }
  return { values, need }
}

async function tenantOf({ registry }: House, slug: string): Promise<Tenant> {
  const tenant = await registry.bySlug(slug)
  if (!tenant) throw new DomainError('tenant.unknown', { slug })
  return tenant
}

async function ownerOf(
  house: House,
  slug: string | undefined,
): Promise<{ owner: KeyOwner; tenant?: Tenant }> {
  if (slug === undefined) return { owner: { kind: 'aggregator' } }
  const tenant = await tenantOf(house, slug)
  return { owner: { kind: 'tenant', tenantId: tenant.id }, tenant }
}

/** Whom a certificate names: the aggregator, or a public body that is federated by itself (Avviso 29). */
async function subjectOf(house: House, tenant: Tenant | undefined): Promise<CertificateSubject> {
  const { config, db } = house.services
  const loginUrl = loginUrlOf(config)
  if (tenant) {
    if (tenant.ipaCode === null)
      throw new DomainError('identity.registration_unfit', { problems: 'no IPA code' })
    const place = /\d{5} ([^(]+)/.exec(tenant.branding.address)?.[1]?.trim()
    return {
      commonName: tenant.name,
      organizationName: tenant.name,
      localityName: place ?? tenant.name,
      organizationIdentifier: `PA:IT-${tenant.ipaCode}`,
      uri: aggregatedEntityId(loginUrl, tenant.ipaCode),
    }
  }
  const aggregator = await readAggregator(db)
  if (!aggregator) throw new DomainError('identity.registration_unfit', { problems: 'no aggregator yet' })
  return {
    commonName: aggregator.name,
    organizationName: aggregator.name,
    localityName: aggregator.locality,
    organizationIdentifier: `VATIT-${aggregator.vatNumber.replace(/^IT/, '')}`,
    uri: loginUrl,
  }
}

type Move = (
  db: House['services']['db'],
  tenantId: string,
  scheme: string,
  actor: Actor,
  now: Date,
) => Promise<void>

function moveCommand(name: string, purpose: string, move: Move): Command {
  return {
    name: `identity ${name}`,
    usage: '--tenant slug --scheme spid|cie',
    purpose,
    run: (args, environment) =>
      withHouse(environment, async (house) => {
        const { need } = read(args)
        const tenant = await tenantOf(house, need('tenant'))
        const { db, clock } = house.services
        await move(db, tenant.id, need('scheme'), HERE, clock.now())
        console.log('Done.')
      }),
  }
}

/** SPID and CIE: keys, registrations, providers, the trace. */
export const identityCommands: readonly Command[] = [
  {
    name: 'identity aggregator',
    usage: '[--file aggregator.json]',
    purpose:
      'tells, or shows, who federates the tenants: name, vatNumber, fiscalCode, email, telephone, municipality, locality, nace2Code',
    run: (args, environment) =>
      withHouse(environment, async ({ services }) => {
        const { file } = read(args).values
        if (file)
          await writeAggregator(services.db, aggregatorSchema.parse(JSON.parse(readFileSync(file, 'utf8'))))
        console.log(JSON.stringify((await readAggregator(services.db)) ?? null, null, 2))
      }),
  },
  {
    name: 'identity key',
    usage: '[--tenant slug] [--self-signed]',
    purpose:
      'makes a signing key, the aggregator’s or a tenant’s, and prints the certificate request of Avviso 29',
    run: (args, environment) =>
      withHouse(environment, async (house) => {
        const { values } = read(args)
        const { owner, tenant } = await ownerOf(house, values.tenant)
        const subject = await subjectOf(house, tenant)
        const now = house.services.clock.now()
        const { id, request } = await house.identity.keys.make(owner, subject, now)
        console.log(`${id}\n${request}`)
        if (!values['self-signed']) return
        const to = new Date(now.getTime() + SELF_SIGNED_DAYS * 86_400_000)
        const key = await house.identity.keys.privateKey(owner, id)
        const certificate = selfSignedCertificate(key, subject, { from: now, to })
        await house.identity.keys.certify(owner, id, certificate, now)
        console.log(certificate)
      }),
  },
  {
    name: 'identity certificate',
    usage: '--key id --file certificate.pem [--tenant slug]',
    purpose: 'gives a key the certificate that was issued for it',
    run: (args, environment) =>
      withHouse(environment, async (house) => {
        const { values, need } = read(args)
        const { owner } = await ownerOf(house, values.tenant)
        const pem = readFileSync(need('file'), 'utf8')
        await house.identity.keys.certify(owner, need('key'), pem, house.services.clock.now())
        console.log('Done.')
      }),
  },
  {
    name: 'identity draft',
    usage: '--tenant slug --scheme spid|cie --key id [--other-key id] [--entity-id https://…]',
    purpose:
      'signs metadata with the aggregator’s key; with --entity-id the tenant is federated by itself, with its own key',
    run: (args, environment) =>
      withHouse(environment, async (house) => {
        const { values, need } = read(args)
        const { services, identity } = house
        const tenant = await tenantOf(house, need('tenant'))
        const entityId = values['entity-id']
        const version = await draftRegistration(
          {
            db: services.db,
            keys: identity.keys,
            loginUrl: loginUrlOf(services.config),
            aggregator: await readAggregator(services.db),
            isProduction: services.config.NODE_ENV === 'production',
          },
          tenant,
          {
            scheme: need('scheme'),
            profile: entityId === undefined ? 'pub-ag-full' : 'public',
            ...(entityId !== undefined && { entityId }),
            keyOwner: entityId === undefined ? 'aggregator' : 'tenant',
            keyId: need('key'),
            ...(values['other-key'] && { otherKeyId: values['other-key'] }),
          },
          HERE,
          services.clock.now(),
        )
        console.log(`Version ${version} is drafted.`)
      }),
  },
  moveCommand(
    'submit',
    'notes that the draft went to the registry: it never changes again',
    submitRegistration,
  ),
  moveCommand('activate', 'notes that the registry published it: people can sign in', activateRegistration),
  moveCommand('retire', 'takes the scheme away from the tenant’s pages', retireRegistration),
  {
    name: 'identity status',
    usage: '--tenant slug',
    purpose: 'lists the tenant’s registrations, and the providers that this installation knows',
    run: (args, environment) =>
      withHouse(environment, async (house) => {
        const { registrations, providers } = house.identity.federation
        const tenant = await tenantOf(house, read(args).need('tenant'))
        for (const { scheme, version, state, entityId, keyOwner } of await registrations.list(tenant.id))
          console.log(`${scheme} ${version} ${state.padEnd(9)} ${entityId} signed by the ${keyOwner}`)
        for (const scheme of ['spid', 'cie'])
          console.log(`${scheme}: ${(await providers.list(scheme)).length} providers known`)
      }),
  },
  {
    name: 'identity refresh',
    usage: '',
    purpose: 'fetches the providers’ metadata now',
    run: (_, environment) =>
      withHouse(environment, async ({ identity }) => {
        const failed = await identity.refresh()
        console.log(failed.length === 0 ? 'Done.' : `Not taken: ${failed.join(', ')}`)
        return failed.length === 0 ? 0 : 1
      }),
  },
  {
    name: 'identity trace',
    usage: '--tenant slug --request _…',
    purpose:
      'shows a sign-in’s request and answer, kept for 24 months; needs OWNER_DATABASE_URL, and is written down',
    run: (args, environment) =>
      withHouse(environment, async (house, config) => {
        const { need } = read(args)
        const tenant = await tenantOf(house, need('tenant'))
        if (!config.OWNER_DATABASE_URL) throw new DomainError('role.not_allowed')
        const owner = connect(config.OWNER_DATABASE_URL, { max: 1 })
        try {
          const vault = await house.services.vault.of(tenant.id)
          await house.identity.noteTraceRead(tenant.id, HERE)
          for (const { at, direction, outcome, xml } of await readTrace(
            owner,
            vault,
            tenant.id,
            need('request'),
          ))
            console.log(`# ${at.toISOString()} ${direction} ${outcome}\n${xml}\n`)
        } finally {
          await owner.destroy()
        }
      }),
  },
]
