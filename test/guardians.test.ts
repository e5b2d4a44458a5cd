import { expect, test } from 'vitest'
import { cents } from '#core/money.ts'
import { claimChild, enrolChild, newClaimCode } from '#tenants/people/children.ts'
import { acceptInvitation } from '#tenants/people/invitations.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse } from './support/house.ts'
import { householdsOf, refusal } from './support/households.ts'
import { officeClient } from './support/office.ts'
import { signIn } from './support/portal-client.ts'

const world = await openTestHouse()
const { house, clock, sandboxUrl } = world
const { services } = house
const { db } = services
const tenant = await world.addTenant()
const base = `/${tenant.slug}`
const { owner, invitation, auditOf } = householdsOf(world, tenant)

test('two guardians of one child, each with their own sign-in, see the credit and every payment, and of each other only that there is one', async () => {
  const first = await world.addFamily(tenant, 0)
  const second = await world.addFamily(tenant, 0)
  const claimCode = newClaimCode()
  const asked = {
    firstName: 'Nino',
    lastName: 'Provetti',
    fiscalCode: null,
    school: 'Dante',
    className: '1ª A',
  }
  const service = { category: 'REFEZIONE', schoolYear: '2026/2027', tariffCents: cents(490) }
  const { childId, walletId } = await enrolChild(
    db,
    services.vault,
    tenant.id,
    { ...asked, ...service },
    undefined,
    clock.now(),
    claimCode,
  )
  for (const parent of [first, second])
    expect(await claimChild(db, tenant.id, parent.accountId, claimCode, clock.now())).toBe(childId)
  const payer = { accountId: first.accountId, email: null, language: 'it' } as const
  const draft = { walletId, drafts: [{ walletId, amountCents: cents(3_000) }] }
  const step = await house.cashier.start(tenant, 'psp-notice', payer, draft)
  if (step.kind !== 'document') throw new Error('a notice is a document')
  await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, step.noticeNumber)
  const client = await signIn(world, tenant, second)
  expect(await client.page(`${base}/`)).toContain('30,00')
  expect(await client.page(`${base}/pagamenti/${step.documentId}`)).toContain('Credito prima e dopo')
  expect(await client.page(`${base}/movimenti/${walletId}`)).toContain('30,00')
  const household = await client.page(`${base}/inviti`)
  expect(household).toContain('C’è un altro adulto collegato.')
  expect(household).not.toContain(first.accountId)

  const clerk = await officeClient(world, tenant, 'clerk')
  const form = await clerk.formOf(`/alunni/${childId}`)
  const given = await invitation(second, { childId })
  const unlink = { form, guardian: second.accountId }
  expect((await clerk.post(`/alunni/${childId}/scollega`, unlink)).status).toBe(303)
  for (const path of [`pagamenti/${step.documentId}`, `movimenti/${walletId}`])
    expect((await client.visit(`${base}/${path}`)).status).toBe(404)
  expect(await client.page(`${base}/`)).not.toContain('Nino')
  // Neither the school's code nor the invitations that were given lead back.
  expect(await refusal(claimChild(db, tenant.id, second.accountId, claimCode, clock.now()))).toBe(
    'enrolment.unknown_code',
  )
  expect(await refusal(acceptInvitation(services, owner(second), given.code))).toBe('invitation.unknown_code')
  expect([await auditOf(childId), await auditOf(given.id)]).toEqual([
    ['guardianship.ended'],
    ['invitation.created', 'invitation.revoked'],
  ])
  expect((await clerk.post(`/alunni/${childId}/scollega`, unlink)).status).toBe(404)
})
