import { newKey } from '#core/crypto.ts'
import { inTenant } from '#core/db/tenant.ts'
import { createVault } from '#core/vault.ts'
import { createTenant } from '../../src/tenants/create.ts'
import type { BenchDatabase } from './cluster.ts'

/** Tenants and their wallets, numbered, so that a pgbench script finds any of them by arithmetic. */
export interface Population {
  readonly firstTenant: number
  readonly tenants: number
  readonly walletsPerTenant: number
  readonly firstWallet: number
}

/** What the numbers in an id stand for: `bench_id(kind, number)`. */
export const KIND = { tenant: 1, wallet: 2, child: 3, account: 4, topUp: 5, meal: 6 } as const

/** All tenants share them; each tenant has a creditor's fiscal code of its own. */
export const STATION = { brokerFiscalCode: '99999999999', stationId: '99999999999_01' } as const

/** The installation's key of every process of the bench. */
export const MASTER_KEY = newKey()

/** The id of a numbered thing, as the database's `bench_id` writes it. */
export function benchId(kind: number, number: number): string {
  return `${kind.toString(16).padStart(8, '0')}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
}

/** The fiscal code of a numbered tenant's creditor: evidently none of a real entity. */
export function creditorOf(tenant: number): string {
  return `9${String(tenant).padStart(10, '0')}`
}

/** The number of the wallet that a running number falls on, and its tenant's. */
export function walletAt(
  { firstTenant, tenants, walletsPerTenant, firstWallet }: Population,
  running: number,
): { tenant: number; wallet: number } {
  const place = running % (tenants * walletsPerTenant)
  return { tenant: firstTenant + Math.floor(place / walletsPerTenant), wallet: firstWallet + place }
}

export function walletsOf({ tenants, walletsPerTenant }: Population): number {
  return tenants * walletsPerTenant
}

/**
 * Makes the first tenant as the product does, and the function that numbers ids; {@link populate} copies the
 * tenant, so that what stands in its JSON columns is what the product wrote.
 * @returns the tenant's id
 */
export async function prepareModel(
  { filler, db }: BenchDatabase,
  vault = createVault(db, MASTER_KEY),
): Promise<string> {
  await filler.unsafe(`
    create function bench_id(p_kind int, p_number bigint) returns uuid language sql immutable parallel safe as $$
      select (lpad(to_hex(p_kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(p_number), 12, '0'))::uuid
    $$`)
  const { id } = await createTenant(
    db,
    vault,
    {
      slug: 'modello',
      name: 'Ente inventato',
      creditorFiscalCode: '88888888888',
      segregationCode: '01',
      creditor: { name: 'Ente inventato', ...STATION, iban: 'IT00X0000000000000000000000' },
      branding: { primaryColor: '#0066cc', initials: 'EI' },
      policies: {},
      categories: [
        {
          code: 'REFEZIONE',
          label: 'Mensa scolastica',
          paymentDescription: 'Ricarica refezione scolastica',
          taxonomyCode: '9/0107101TS/',
        },
      ],
      channels: {},
    },
    new Date(),
  )
  return id
}

/**
 * Copies the model tenant and gives each copy its families: one guardian, child, enrolment and wallet each. Keys are made
 * for the first copy alone, which the product opens when it starts; nothing of the others is sealed.
 */
export async function populate({ filler, db }: BenchDatabase, population: Population): Promise<void> {
  const { firstTenant, tenants, walletsPerTenant, firstWallet } = population
  await filler`
    insert into tenants (id, slug, activation_code, name, state, live_since, creditor_fiscal_code, segregation_code, creditor, branding, policies)
    select bench_id(${KIND.tenant}, k), 'ente-' || k, (1000000000 + k)::text, 'Ente ' || k, 'live', now(),
      '9' || lpad(k::text, 10, '0'), segregation_code, creditor, branding, policies
    from tenants, generate_series(${firstTenant}::bigint, ${firstTenant + tenants - 1}::bigint) k where slug = 'modello'`
  await filler`
    insert into service_categories (tenant_id, code, label, payment_description, taxonomy_code)
    select bench_id(${KIND.tenant}, k), c.code, c.label, c.payment_description, c.taxonomy_code
    from service_categories c join tenants m on m.id = c.tenant_id and m.slug = 'modello',
      generate_series(${firstTenant}::bigint, ${firstTenant + tenants - 1}::bigint) k`
  const first = benchId(KIND.tenant, firstTenant)
  await inTenant(db, first, (tx) => createVault(db, MASTER_KEY).createKeys(tx, first, new Date()))
  const last = firstWallet + walletsOf(population) - 1
  const families = filler`
    select bench_id(${KIND.tenant}, ${firstTenant}::bigint + (w - ${firstWallet}::bigint) / ${walletsPerTenant}::bigint) as tenant_id, w,
      bench_id(${KIND.wallet}, w) as wallet_id, bench_id(${KIND.child}, w) as child_id, bench_id(${KIND.account}, w) as account_id
    from generate_series(${firstWallet}::bigint, ${last}::bigint) w`
  await filler`
    insert into accounts (tenant_id, id, kind, first_name, last_name, created_at)
    select tenant_id, account_id, 'guardian', 'Genitore', 'Inventato', now() from (${families}) f`
  await filler`
    insert into children (tenant_id, id, first_name, last_name, created_at)
    select tenant_id, child_id, 'Bimbo', 'Inventato', now() from (${families}) f`
  await filler`
    insert into guardianships (tenant_id, account_id, child_id, since)
    select tenant_id, account_id, child_id, now() from (${families}) f`
  await filler`
    insert into enrolments (tenant_id, id, child_id, category, school_year, tariff_cents, created_at)
    select tenant_id, wallet_id, child_id, 'REFEZIONE', '2026/2027', 450, now() from (${families}) f`
  await filler`
    insert into wallets (tenant_id, id, child_id, category, created_at)
    select tenant_id, wallet_id, child_id, 'REFEZIONE', now() from (${families}) f`
}
