import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import type { Tenant } from '#core/tenant.ts'
import type { NewTenant } from '#tenants/create.ts'
import { addDays, romeDate } from '#core/clock.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { answerEnrolment } from '#tenants/people/decide-enrolments.ts'
import { askForEnrolment } from '#tenants/people/enrolment-requests.ts'
import { inviteToTopUp } from '#tenants/people/invitations.ts'
import { addDiet, type DietFacts } from '#meals/diets.ts'
import { payAtCounter } from './counter.ts'
import type { TestFamily, TestHouse } from './house.ts'

/** One thing of every kind that belongs to a family. */
export interface Things {
  topUpId: string
  cartId: string
  receiptId: string
  walletId: string
  childId: string
  /** A browser in which the family's guardian is signed in. */
  sessionId: string
  invitationId: string
}

/** And what only its guardians have to do with. */
export interface OwnThings extends Things {
  /** A place in a service that the parent asked for, for which the office wants documents. */
  enrolmentRequestId: string
  /** What the child does not eat, with a note. */
  dietId: string
}

/** Ids that nothing has. */
export const nothing: OwnThings = {
  topUpId: newId(),
  cartId: newId(),
  receiptId: newId(),
  walletId: newId(),
  childId: newId(),
  sessionId: newId(),
  invitationId: newId(),
  enrolmentRequestId: newId(),
  dietId: newId(),
}

/** An entity with two families; the first has one thing of every kind. */
export async function furnishedEntity(world: TestHouse, change: Partial<NewTenant> = {}) {
  const tenant = await world.addTenant(change)
  const owner = await world.addFamily(tenant)
  const neighbour = await world.addFamily(tenant)
  const paid = await paidThings(world, tenant, owner)
  const invitationId = await invite(world, tenant, owner, paid.childId)
  const enrolmentRequestId = await askedPlace(world, tenant, owner)
  const dietId = await recordedDiet(world, tenant, owner, paid.childId)
  return { tenant, owner, neighbour, things: { ...paid, invitationId, enrolmentRequestId, dietId } }
}

/** A place in a service that a parent asks for, and for which the office wants documents. */
async function askedPlace(
  { house }: TestHouse,
  tenant: Tenant,
  { accountId }: Pick<TestFamily, 'accountId'>,
): Promise<string> {
  const { services } = house
  const child = {
    firstName: 'Nina',
    lastName: 'Provetti',
    fiscalCode: null,
    school: 'Dante',
    className: '1ª A',
  }
  const id = await askForEnrolment(services, tenant, accountId, { ...child, category: 'REFEZIONE' })
  // Who answers is of no matter here.
  await answerEnrolment(services, tenant, accountId, id, { kind: 'documents', text: 'Il certificato' })
  return id
}

/** A child's diet until the end of the school year, with a note. */
export async function recordedDiet(
  { house, clock }: TestHouse,
  tenant: Tenant,
  { accountId }: Pick<TestFamily, 'accountId'>,
  childId: string,
  facts: Partial<DietFacts> = {},
): Promise<string> {
  const { db, vault } = house.services
  const today = romeDate(clock.now())
  const diet = {
    childId,
    kind: 'gluten-free',
    validFrom: today,
    validUntil: addDays(today, 100),
    certificateUntil: undefined,
    note: 'Porta il pane da casa',
    ...facts,
  } as const
  const keys = await vault.of(tenant.id)
  // Who records it is of no matter here.
  const by = { actor: { kind: 'staff', id: accountId }, now: clock.now() } as const
  return inTenant(db, tenant.id, (tx) => addDiet(tx, keys, tenant.id, diet, by))
}

/** An invitation to top up a child, whose code nobody has used yet. */
export async function invite(
  { house, clock }: TestHouse,
  tenant: Tenant,
  { accountId }: Pick<TestFamily, 'accountId'>,
  childId: string,
  days = 100,
): Promise<string> {
  const until = addDays(romeDate(clock.now()), days)
  const invitation = { childId, label: 'Nonna Berta', until, email: null, language: 'it' } as const
  return inviteToTopUp(house.services, { tenantId: tenant.id, accountId }, invitation)
}

/** A payment of every kind into a family's first wallet: one paid online, with its receipt, and an open notice. */
export async function paidThings(
  { house, sandboxUrl }: TestHouse,
  tenant: Tenant,
  { accountId, children }: Pick<TestFamily, 'accountId' | 'children'>,
): Promise<Omit<Things, 'invitationId'>> {
  const { services, cashier, sessions } = house
  const payer = { accountId, email: null, language: 'it' as const }
  const { walletId, childId } = children[0]!
  const draft = { walletId, drafts: [{ walletId, amountCents: cents(2_500) }] }
  const mine = async () => {
    const { items } = await paymentsPage(services.db, tenant.id, { walletIds: [walletId] })
    return items.filter((topUp) => topUp.accountId === accountId)
  }
  const online = await cashier.start(tenant, 'pagopa-online', payer, draft)
  if (online.kind !== 'redirect') throw new Error('an online payment redirects')
  const opened = await mine()
  await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, opened[0]!.noticeNumber)
  const notice = await cashier.start(tenant, 'psp-notice', payer, draft)
  if (notice.kind !== 'document') throw new Error('a notice is a document')
  for (let tries = 0; tries < 600; tries++) {
    const receiptId = (await mine()).find(({ receipt }) => receipt)?.receipt?.id
    const printed = receiptId !== undefined && (await isPrinted(house, tenant.id, receiptId))
    if (printed) {
      const { sessionId } = await sessions.begin(tenant.id, accountId, 'portal')
      return { topUpId: notice.documentId, cartId: online.cartId, receiptId, walletId, childId, sessionId }
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('no receipt came')
}

async function isPrinted(
  { services }: TestHouse['house'],
  tenantId: string,
  receiptId: string,
): Promise<boolean> {
  const row = await inTenant(services.db, tenantId, (tx) =>
    tx
      .selectFrom('receipt_copies')
      .select('receipt_id')
      .where('tenant_id', '=', tenantId)
      .where('receipt_id', '=', receiptId)
      .executeTakeFirst(),
  )
  return row !== undefined
}
