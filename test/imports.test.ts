import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { childrenImport } from '#tenants/imports/children.ts'
import { purgeImports } from '#tenants/imports/import-jobs.ts'
import { findImport } from '#tenants/imports/read.ts'
import { registerGuardian } from '#tenants/people/guardians.ts'
import { guardianOfIdentity } from '#tenants/people/identity-account.ts'
import { csvOf, familiesFile, familyRow, FAMILIES_HEADER, inventedCode } from './support/families-file.ts'
import { openTestHouse } from './support/house.ts'
import { importer } from './support/imports.ts'
import { hire } from './support/office.ts'
import { PLANTED, withMistakes } from './support/planted-mistakes.ts'

const world = await openTestHouse()
const { services } = world.house
const OPTIONS = { schoolYear: '2026/2027', createSchools: true }

async function entity() {
  const tenant = await world.addTenant()
  const { accountId } = await hire(world, tenant, 'clerk')
  return { tenant, accountId, files: importer(services, childrenImport, tenant, accountId) }
}

/** Rows by table. */
async function counts({ id }: Tenant) {
  const { rows } = await inTenant(services.db, id, (tx) =>
    sql<Record<string, bigint>>`select
      (select count(*) from children where tenant_id = ${id}) as children,
      (select count(*) from accounts where tenant_id = ${id} and kind = 'guardian') as guardians,
      (select count(*) from guardianships where tenant_id = ${id}) as guardianships,
      (select count(*) from enrolments where tenant_id = ${id}) as enrolments,
      (select count(*) from wallets where tenant_id = ${id}) as wallets,
      (select count(*) from placements where tenant_id = ${id}) as placements,
      (select count(*) from schools where tenant_id = ${id}) as schools,
      (select count(*) from classes where tenant_id = ${id}) as classes`.execute(tx),
  )
  return Object.fromEntries(Object.entries(rows[0]!).map(([table, count]) => [table, Number(count)]))
}

const ofTwo = (change: Partial<Record<(typeof FAMILIES_HEADER)[number], string>>, number = 1) => {
  const cells = familyRow(number)
  for (const [header, value] of Object.entries(change))
    cells[FAMILIES_HEADER.indexOf(header as (typeof FAMILIES_HEADER)[number])] = value
  return csvOf([[...FAMILIES_HEADER], cells, familyRow(number + 1)])
}

describe('a file of families', () => {
  test('with 50 mistakes among 2,000 rows has each named by row and column, and writes nothing; corrected it is written whole, and again it changes nothing', async () => {
    const { tenant, files } = await entity()
    const rows = familiesFile(2_000)
    const wrong = await files.check(csvOf(withMistakes(rows)), OPTIONS)
    expect(wrong).toMatchObject({ state: 'wrong', problems: 50 })
    const told = wrong.result!.problems.map(({ row, column, what, other }) => ({ row, column, what, other }))
    expect(told).toEqual(PLANTED)
    // Nothing of a family is repeated, a school's name is.
    const values = wrong.result!.problems.map(({ value }) => value).filter((value) => value !== null)
    expect(new Set(values)).toEqual(new Set(['NUOTO', '31/02/2027', '1/1/2020', 'quattro', '999,00']))
    expect(Object.values(await counts(tenant))).toEqual(Array(8).fill(0))

    const checked = await files.check(csvOf(rows), OPTIONS)
    expect(checked).toMatchObject({ state: 'checked', added: 2_000, changed: 0, problems: 0 })
    expect(checked.result!.news).toHaveLength(2 + 10)
    expect(Object.values(await counts(tenant))).toEqual(Array(8).fill(0))
    expect(await files.run(checked, 60_000)).toMatchObject({ state: 'done', added: 2_000 })
    const after = {
      children: 2_000,
      guardians: 3_000,
      guardianships: 3_000,
      enrolments: 2_000,
      wallets: 2_000,
      placements: 2_000,
      schools: 2,
      classes: 10,
    }
    expect(await counts(tenant)).toEqual(after)
    const again = await files.check(csvOf(rows), OPTIONS)
    expect(again).toMatchObject({ state: 'checked', added: 0, changed: 0, unchanged: 2_000 })
    await expect(files.run(again)).rejects.toMatchObject({ code: 'import.state' })
    expect(await counts(tenant)).toEqual(after)
  }, 120_000)

  test('tells what changes with before and after; an empty cell and a child that is not in it change nothing', async () => {
    const { tenant, files } = await entity()
    await files.run(await files.check(csvOf(familiesFile(4)), OPTIONS))
    const before = await counts(tenant)
    const file = ofTwo({
      'Nome alunno': 'Ada Maria',
      Classe: '5ª C',
      Tariffa: '5,20',
      'Email genitore 1': '',
    })
    const checked = await files.check(file, OPTIONS)
    expect(checked).toMatchObject({ added: 0, changed: 1, unchanged: 1 })
    expect(checked.result!.changed).toMatchObject([
      {
        row: 2,
        about: 'Provetti1 Ada Maria',
        changes: [
          { what: 'first_name', before: 'Ada', after: 'Ada Maria' },
          { what: 'place', before: 'Rodari, 2ª A', after: 'Rodari, 5ª C' },
          { what: 'tariff', before: '4,90\u00a0€', after: '5,20\u00a0€' },
        ],
      },
    ])
    expect(checked.result!.absent).toEqual({ count: 2, names: ['Provetti3 Nicolò', 'Provetti4 Ada'] })
    expect(await files.run(checked)).toMatchObject({ state: 'done', changed: 1 })
    expect(await counts(tenant)).toEqual({ ...before, classes: before.classes! + 1 })
    const [child] = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('children')
        .selectAll()
        .where('tenant_id', '=', tenant.id)
        .where('last_name', '=', 'Provetti1')
        .execute(),
    )
    expect(child).toMatchObject({ first_name: 'Ada Maria', school: 'Rodari', class_name: '5ª C' })
  })

  test('finds a child without a fiscal code by the entity’s own number', async () => {
    const { tenant, files } = await entity()
    const file = (name: string) =>
      Buffer.from(`Codice alunno;Cognome;Nome;Classe;Scuola\nA-7;Provetti;${name};1ª A;Dante`)
    await files.run(await files.check(file('Ada'), OPTIONS))
    const checked = await files.check(file('Ada Rosa'), OPTIONS)
    expect(checked).toMatchObject({ added: 0, changed: 1 })
    await files.run(checked)
    expect((await counts(tenant)).children).toBe(1)
  })

  test('is not written when somebody changed the register meanwhile: the new comparison is shown', async () => {
    const { tenant, files } = await entity()
    await files.run(await files.check(csvOf(familiesFile(2)), OPTIONS))
    const checked = await files.check(ofTwo({ 'Nome alunno': 'Ada Maria' }), OPTIONS)
    await inTenant(services.db, tenant.id, (tx) =>
      tx
        .updateTable('children')
        .set({ first_name: 'Adele' })
        .where('tenant_id', '=', tenant.id)
        .where('last_name', '=', 'Provetti1')
        .execute(),
    )
    const stale = await files.run(checked)
    expect(stale).toMatchObject({ state: 'checked', reason: 'register-changed', confirmedBy: undefined })
    expect(stale.result!.changed[0]!.changes).toEqual([
      { what: 'first_name', before: 'Adele', after: 'Ada Maria' },
    ])
    expect(await files.run(stale)).toMatchObject({ state: 'done', reason: undefined })
  })

  test('waits while another of its kind is being written', async () => {
    const { tenant, accountId, files } = await entity()
    const checked = await files.check(csvOf(familiesFile(2)), OPTIONS)
    await inTenant(services.db, tenant.id, (tx) =>
      tx
        .insertInto('imports')
        .values({
          tenant_id: tenant.id,
          id: newId(),
          kind: 'children',
          file_name: 'altro.csv',
          sha256: '0'.repeat(64),
          file_rows: 1,
          file_sealed: null,
          columns_sealed: null,
          options: {},
          control_rows: null,
          control_cents: null,
          state: 'running',
          uploaded_at: world.clock.now(),
          uploaded_by: accountId,
        })
        .execute(),
    )
    await expect(files.run(checked)).rejects.toMatchObject({ code: 'import.one_at_a_time' })
    expect((await findImport(services, tenant.id, checked.id)).state).toBe('checked')
  })

  test('is kept thirty days, and its numbers longer', async () => {
    const { tenant, files } = await entity()
    const done = await files.run(await files.check(csvOf(familiesFile(2)), OPTIONS))
    const left = await files.check(csvOf(familiesFile(3)), OPTIONS)
    try {
      world.clock.forwardDays(29)
      await purgeImports(services)
      expect((await findImport(services, tenant.id, done.id)).result).toBeDefined()
      world.clock.forwardDays(2)
      expect(await purgeImports(services)).toBeGreaterThanOrEqual(2)
    } finally {
      world.clock.reset()
    }
    const [written, unwritten] = await Promise.all(
      [done, left].map(({ id }) => findImport(services, tenant.id, id)),
    )
    expect(written).toMatchObject({ state: 'done', added: 2, result: undefined, columns: undefined })
    expect(unwritten).toMatchObject({ state: 'expired', result: undefined, columns: undefined })
  })
})

describe('a guardian', () => {
  const person = {
    firstName: 'Elena',
    lastName: 'Diversa',
    email: null,
    password: 'parola-di-prova',
    language: 'it' as const,
  }
  const identityOf = (fiscalCode: string) => ({
    scheme: 'spid' as const,
    provider: 'https://idp.example.org',
    level: 2,
    fiscalCode,
    firstName: 'ELENA',
    lastName: 'PROVETTI',
    email: null,
    assertionId: '_1',
    nameId: null,
  })
  const childrenOf = ({ id }: Tenant, accountId: string) =>
    inTenant(services.db, id, (tx) =>
      tx
        .selectFrom('guardianships')
        .select('child_id')
        .where('tenant_id', '=', id)
        .where('account_id', '=', accountId)
        .execute(),
    )

  test('has an account without a password, which SPID finds by the fiscal code', async () => {
    const { tenant, files } = await entity()
    await files.run(await files.check(csvOf(familiesFile(1)), OPTIONS))
    const identity = identityOf(inventedCode(1, 'M')) as unknown as Parameters<typeof guardianOfIdentity>[2]
    const { accountId, isNew } = await guardianOfIdentity(services, tenant, identity, {
      linkAccountId: null,
      language: 'it',
    })
    expect(isNew).toBe(false)
    expect(await childrenOf(tenant, accountId)).toHaveLength(1)
  })

  test('who is known to the register is linked and stays as they are', async () => {
    const { tenant, files } = await entity()
    const accountId = await registerGuardian(
      services.db,
      services.vault,
      tenant.id,
      { ...person, fiscalCode: inventedCode(1, 'M'), fiscalCodeProof: 'registry', username: 'elena.nota' },
      world.clock.now(),
    )
    await files.run(await files.check(csvOf(familiesFile(1)), OPTIONS))
    expect(await childrenOf(tenant, accountId)).toHaveLength(1)
    const row = await inTenant(services.db, tenant.id, (tx) =>
      tx
        .selectFrom('accounts')
        .selectAll()
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', accountId)
        .executeTakeFirst(),
    )
    expect(row).toMatchObject({ last_name: 'Diversa', email: null })
    expect((await counts(tenant)).guardians).toBe(1)
  })

  test('who only says that a code is theirs sees nothing of its child', async () => {
    const { tenant, files } = await entity()
    const code = inventedCode(1, 'M')
    const stranger = await registerGuardian(
      services.db,
      services.vault,
      tenant.id,
      { ...person, fiscalCode: code, username: 'elena.detta' },
      world.clock.now(),
    )
    await files.run(await files.check(csvOf(familiesFile(1)), OPTIONS))
    expect(await childrenOf(tenant, stranger)).toEqual([])
    const identity = identityOf(code) as unknown as Parameters<typeof guardianOfIdentity>[2]
    const { accountId } = await guardianOfIdentity(services, tenant, identity, {
      linkAccountId: null,
      language: 'it',
    })
    expect(accountId).not.toBe(stranger)
    expect(await childrenOf(tenant, accountId)).toHaveLength(1)
  })
})
