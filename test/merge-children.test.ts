import { expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { openBalance, reverseTransaction } from '#core/ledger/book.ts'
import { checkLedger } from '#core/ledger/check.ts'
import { sweepMergedWallets } from '#core/ledger/merge-wallets.ts'
import { signedCents } from '#core/money.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { mergeChildren } from '#tenants/people/merge-children.ts'
import { openTestHouse } from './support/house.ts'
import { payAtCounter } from './support/counter.ts'
import { officeClient } from './support/office.ts'
import { paidThings } from './support/things.ts'

const world = await openTestHouse()
const { clock, database } = world
const { services } = world.house
const { db } = services

async function balanceOf(walletId: string) {
  return database.owner
    .selectFrom('wallets')
    .select(['balance_cents', 'state'])
    .where('id', '=', walletId)
    .executeTakeFirstOrThrow()
}

test('two rows become one child: people, classes and credit go to the one that stays, and the ledger holds', async () => {
  const tenant = await world.addTenant()
  const [mother, father] = [await world.addFamily(tenant, 1), await world.addFamily(tenant, 1)]
  const [stays, goes] = [mother.children[0]!, father.children[0]!]
  // One payment that has arrived, and one notice that is open.
  const paid = await paidThings(world, tenant, { ...father, children: [goes] })
  const office = await officeClient(world, tenant, 'clerk')
  const path = `/alunni/${stays.childId}/unisci`
  const form = await office.formOf(path)
  expect((await office.post(path, { form, name: 'Provetti' })).text).toContain(`con&#x3D;${goes.childId}`)
  const pair = await office.get(`${path}?con=${goes.childId}`)
  for (const text of ['25,00', 'Tieni l’altra', 'Non si può tornare indietro'])
    expect(pair.text).toContain(text)
  const done = await office.post(`${path}/conferma`, { form, other: goes.childId })
  expect(done.status).toBe(303)
  expect(await balanceOf(goes.walletId)).toEqual({ balance_cents: 0n, state: 'closed' })
  expect(await balanceOf(stays.walletId)).toEqual({ balance_cents: 2_500n, state: 'active' })
  const guardians = await database.owner
    .selectFrom('guardianships')
    .select('account_id')
    .where('child_id', '=', stays.childId)
    .execute()
  expect(guardians.map((row) => row.account_id).toSorted()).toEqual(
    [mother.accountId, father.accountId].toSorted(),
  )
  // Nobody finds the other row, and it cannot be merged again.
  expect((await office.post('/alunni', { form, search: 'Provetti' })).text.match(/\/scheda/g)).toHaveLength(1)
  expect((await office.post(`${path}/conferma`, { form, other: goes.childId })).status).toBe(404)

  // The notice that was open is paid late: it credits the child that stays, and both parents see it.
  const { items } = await paymentsPage(db, tenant.id, { walletIds: [stays.walletId] })
  const notice = items.find(({ id }) => id === paid.topUpId)!
  await payAtCounter(world.sandboxUrl, tenant.creditorFiscalCode, notice.noticeNumber)
  await expect
    .poll(async () => (await balanceOf(stays.walletId)).balance_cents, { timeout: 20_000 })
    .toBe(5_000n)
  expect((await balanceOf(goes.walletId)).balance_cents).toBe(0n)
  expect(await checkLedger(db, tenant.id)).toEqual([])
}, 90_000)

test('what reaches the wallet that went, later and by itself, is moved on: no cent stays behind', async () => {
  const tenant = await world.addTenant()
  const { children, accountId } = await world.addFamily(tenant, 3)
  const [first, second, third] = children
  const now = clock.now()
  const open = {
    walletId: third!.walletId,
    amountCents: signedCents(1_000),
    reference: 'saldo',
    occurredAt: now,
  }
  const opening = await openBalance(db, tenant.id, open, now)
  const owner = { tenantId: tenant.id, accountId }
  expect(await mergeChildren(services, owner, { stays: second!.childId, goes: third!.childId })).toBe(1_000n)
  expect(await mergeChildren(services, owner, { stays: first!.childId, goes: second!.childId })).toBe(1_000n)
  await reverseTransaction(db, tenant.id, opening, 'sbaglio', now)
  expect((await balanceOf(third!.walletId)).balance_cents).toBe(-1_000n)
  expect(await sweepMergedWallets(db, tenant.id, now)).toBe(1)
  expect((await balanceOf(third!.walletId)).balance_cents).toBe(0n)
  expect((await balanceOf(first!.walletId)).balance_cents).toBe(0n)
  expect(await sweepMergedWallets(db, tenant.id, now)).toBe(0)
  expect(await checkLedger(db, tenant.id)).toEqual([])
})

test('two fiscal codes are two people, and another entity’s child is none', async () => {
  const [tenant, elsewhere] = [await world.addTenant(), await world.addTenant()]
  const { children, accountId } = await world.addFamily(tenant, 2)
  const other = await world.addFamily(elsewhere, 1)
  const owner = { tenantId: tenant.id, accountId }
  const twins = { stays: children[0]!.childId, goes: children[1]!.childId }
  const foreign = { stays: twins.stays, goes: other.children[0]!.childId }
  await expect(mergeChildren(services, owner, foreign)).rejects.toMatchObject({ code: 'resource.not_found' })
  const keys = await services.vault.of(tenant.id)
  for (const [index, { childId }] of children.entries())
    await inTenant(db, tenant.id, (tx) =>
      tx
        .updateTable('children')
        .set({
          fiscal_code_sealed: keys.seal(`codice ${index}`),
          fiscal_code_hash: keys.lookUpHash(`${index}`),
        })
        .where('tenant_id', '=', tenant.id)
        .where('id', '=', childId)
        .execute(),
    )
  await expect(mergeChildren(services, owner, twins)).rejects.toMatchObject({ code: 'child.other_person' })
})
