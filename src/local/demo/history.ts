import { addDays, romeDate, romeInstant, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { chargeMeals, openBalance } from '#core/ledger/book.ts'
import { cents, signedCents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { cancelTopUp, expireTopUpsOf } from '#core/top-ups/close.ts'
import { createCart, recordReturn } from '#core/top-ups/carts.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { chargeDay } from '#meals/charges.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { closeLists } from './lists.ts'
import { payAsPsp } from './pay.ts'

/** A child of the demonstration with its wallet. */
export interface DemoWallet {
  childId: string
  walletId: string
  tariffCents: number
  openingCents: number
}

const DAYS = 70

type Ending = 'paid' | 'open' | 'cancelled' | 'expired' | 'failed'

/** What the family did, by days before today: which child, how much, through which channel, how it ended. */
const PAYMENTS: readonly [
  daysAgo: number,
  child: 0 | 1,
  amountCents: number,
  channelId: string,
  ending: Ending,
][] = [
  [62, 0, 5_000, 'pagopa-online', 'paid'],
  [62, 1, 8_000, 'pagopa-online', 'paid'],
  [48, 0, 3_000, 'psp-notice', 'expired'],
  [41, 0, 10_000, 'psp-notice', 'paid'],
  [33, 1, 8_000, 'psp-notice', 'paid'],
  [20, 0, 3_500, 'puntolis-qr', 'paid'],
  [9, 1, 4_000, 'psp-notice', 'cancelled'],
  [3, 0, 3_000, 'pagopa-online', 'failed'],
  [1, 1, 5_000, 'pagopa-online', 'paid'],
  [0, 0, 5_000, 'psp-notice', 'open'],
]

/** The accounts of who pays and of who closes the lists. */
export interface DemoAdults {
  accountId: string
  staffId: string
}

/**
 * Writes some months of a family's life, day by day, through the same doors as real life: openings, lists, meals,
 * top-ups and receipts.
 */
export async function writeHistory(
  services: Services,
  tenant: Tenant,
  { accountId, staffId }: DemoAdults,
  wallets: readonly DemoWallet[],
): Promise<void> {
  const today = romeDate(services.clock.now())
  const first = addDays(today, -DAYS)
  for (const [index, { walletId, openingCents }] of wallets.entries()) {
    const at = romeInstant(`${first}T08:00:00`)
    const opening = {
      walletId,
      amountCents: signedCents(openingCents),
      reference: `riporto ${index + 1}`,
      occurredAt: at,
    }
    if (openingCents !== 0) await openBalance(services.db, tenant.id, opening, at)
  }
  const eating = new Set(wallets.map(({ childId }) => childId))
  const listed = new Set(await closeLists(services, tenant.id, { eating, staffId }, { first, today }))
  for (let daysAgo = DAYS; daysAgo >= 0; daysAgo--) {
    const date = addDays(today, -daysAgo)
    for (const [number, payment] of PAYMENTS.entries()) {
      if (payment[0] === daysAgo) await pay(services, tenant, accountId, wallets, payment, date, number)
    }
    if (listed.has(date)) await charge(services, tenant, date)
    // Of the year before nothing is left but what it cost: in the holidays too, so that no statement is empty in September.
    else if (schoolYearOf(date) !== schoolYearOf(today) && isWorkingDay(date))
      await carryOver(services, tenant, wallets, date)
  }
  await expireTopUpsOf(services.db, tenant.id, services.clock.now())
}

function isWorkingDay(date: RomeDate): boolean {
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay()
  return weekday > 0 && weekday < 6
}

async function charge({ db }: Services, tenant: Tenant, day: RomeDate): Promise<void> {
  const at = romeInstant(`${day}T13:30:00`)
  await chargeDay(
    { db, clock: { now: () => at } },
    tenant.id,
    { category: 'REFEZIONE', day },
    { kind: 'system' },
  )
}

async function carryOver(
  { db }: Services,
  tenant: Tenant,
  wallets: readonly DemoWallet[],
  date: RomeDate,
): Promise<void> {
  const at = romeInstant(`${date}T13:30:00`)
  const charges = wallets.map(({ walletId, tariffCents }) => ({
    walletId,
    amountCents: cents(tariffCents),
    reference: `${date} ${walletId}`,
  }))
  await chargeMeals(db, tenant.id, charges, at, at)
}

async function pay(
  services: Services,
  tenant: Tenant,
  accountId: string,
  wallets: readonly DemoWallet[],
  [, child, amountCents, channelId, ending]: (typeof PAYMENTS)[number],
  date: RomeDate,
  number: number,
): Promise<void> {
  const { db, scheme } = services
  const at = new Date(Math.min(romeInstant(`${date}T09:41:02`).getTime(), services.clock.now().getTime()))
  const atCounter = channelId === 'puntolis-qr'
  const draft = {
    walletId: wallets[child]!.walletId,
    amountCents: cents(amountCents),
    ...(atCounter ? {} : { accountId }),
  }
  const validity = atCounter ? { validMinutes: 60 } : { validDays: tenant.policies.noticeValidityDays }
  const [opened] = await openTopUps(db, scheme, tenant, [draft], { channelId, ...validity }, at)
  if (channelId === 'pagopa-online') {
    const cart = await createCart(db, tenant.id, [opened!.id], accountId, at)
    await recordReturn(db, cart.token, ending === 'failed' ? 'errore' : 'ok', new Date(at.getTime() + 90_000))
  }
  if (ending === 'cancelled') await cancelTopUp(db, tenant.id, opened!.id, new Date(at.getTime() + 3_600_000))
  if (ending === 'paid') await payAsPsp(services, tenant, opened!, new Date(at.getTime() + 120_000), number)
}

/** The account of a demonstration's guardian, by its user name. */
export async function accountOf({ db }: Services, tenantId: string, username: string): Promise<string> {
  const row = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('passwords')
      .select('account_id')
      .where('tenant_id', '=', tenantId)
      .where('username', '=', username)
      .executeTakeFirstOrThrow(),
  )
  return row.account_id
}
