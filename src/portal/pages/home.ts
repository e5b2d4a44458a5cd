import { addDays, romeDate, type RomeDate } from '#core/clock.ts'
import { movementsPage, type Movement } from '#core/ledger/movements.ts'
import type { Tenant } from '#core/tenant.ts'
import { lastDay } from '#core/top-ups/notice-document.ts'
import { standingOf } from '#core/top-ups/standing.ts'
import { paymentsPage } from '#core/top-ups/read.ts'
import { emailAddressOf } from '#tenants/people/email-address.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { walletsOfGuardian, type GuardianWallet } from '#tenants/people/wallets.ts'
import type { PortalApp, PortalContext, PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { viewerOf } from '../form.ts'
import type { OpenNotice, WalletCard } from '../views/home.ts'
import { initials } from '#pages/view.ts'
import { sparkline } from '../views/sparkline.ts'
import { isRegistrationOpen, passwordEnd } from './entrance.ts'

const SPARKLINE_DAYS = 30
/** More than one movement a school day over the days drawn. */
const MOVEMENTS_READ = 60
const OPEN_NOTICES_SHOWN = 5

/** `/{slug}/`: the credit of each child for who is signed in, the entity's public page for everybody else. */
export function homeRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug', (context) =>
    context.var.viewer?.kind === 'guardian' ? home(parts, context) : welcome(parts, context),
  )
  app.get('/:slug/', (context) =>
    context.var.viewer?.kind === 'guardian' ? home(parts, context) : welcome(parts, context),
  )
}

async function welcome(parts: PortalParts, context: PortalContext): Promise<Response> {
  const { tenant, language } = context.var
  const offers = await parts.cashier.offers(tenant, 'portal')
  return page(parts, context, 'welcome', {
    ...frame(parts, context, null),
    activationCode: tenant.activationCode,
    registrationOpen: isRegistrationOpen(parts, context),
    pagopaOnlyFrom: tenant.policies.pagopaOnlyFrom,
    passwordEnds: passwordEnd(parts, context),
    channels: offers
      .filter(({ offer }) => offer.offered)
      .map(({ channel }) => ({
        label: channel.label[language],
        note: channel.note[language],
        icon: channel.icon,
      })),
  })
}

async function home(parts: PortalParts, context: PortalContext): Promise<Response> {
  const { services, cashier } = parts
  const { tenant } = context.var
  const { accountId } = viewerOf(context)
  const today = romeDate(services.clock.now())
  const wallets = await walletsOfGuardian(services.pool, tenant.id, accountId)
  const [histories, open, offers, email] = await Promise.all([
    Promise.all(
      wallets.map(({ id }) => movementsPage(services.db, tenant.id, id, { limit: MOVEMENTS_READ })),
    ),
    paymentsPage(services.db, tenant.id, {
      walletIds: wallets.map(({ id }) => id),
      state: 'open',
      limit: OPEN_NOTICES_SHOWN,
    }),
    cashier.offers(tenant, 'portal'),
    emailAddressOf(services.db, tenant.id, accountId),
  ])
  return page(parts, context, 'home', {
    ...frame(parts, context, 'home'),
    schoolYear: schoolYearOf(today),
    cards: wallets.map((wallet, index) => card(tenant, wallet, histories[index]!.items, today)),
    openNotices: open.items
      .filter((topUp) => standingOf(topUp, services.clock.now()).onlineAttempt === undefined)
      .map((topUp): OpenNotice => ({
        topUpId: topUp.id,
        amountCents: topUp.amountCents,
        childName: topUp.childFirstName,
        issuedOn: romeDate(topUp.createdAt),
        dueOn: lastDay(topUp.expiresAt),
      })),
    paymentCodesOffered: offers.some(({ channel, offer }) => channel.maxTopUps === 0 && offer.offered),
    emailToConfirm: email.confirmed ? null : email.address,
  })
}

function card(
  tenant: Tenant,
  wallet: GuardianWallet,
  movements: readonly Movement[],
  today: RomeDate,
): WalletCard {
  const { child, balanceCents, tariffCents } = wallet
  const name = `${child.firstName} ${child.lastName}`
  const from = addDays(today, -SPARKLINE_DAYS)
  const mealsLeft = tariffCents && balanceCents > 0n ? Number(balanceCents / tariffCents) : 0
  const lastMeal = movements.find(({ kind }) => kind === 'meal')
  return {
    walletId: wallet.id,
    childId: child.id,
    childName: name,
    initials: initials(name),
    place: [child.school, child.className].filter(Boolean).join(', '),
    category: wallet.categoryLabel,
    balanceCents,
    status: statusOf(tenant, wallet, mealsLeft),
    mealsLeft,
    sparklineSvg: sparkline(pointsSince(movements, from, today, balanceCents), from, today),
    sparklineFrom: from,
    lastMealOn: lastMeal ? romeDate(lastMeal.occurredAt) : null,
    mealPriceCents: tariffCents ?? null,
  }
}

function statusOf(
  { policies }: Tenant,
  { balanceCents, tariffCents }: GuardianWallet,
  mealsLeft: number,
): WalletCard['status'] {
  if (balanceCents <= 0n) return 'exhausted'
  if (!tariffCents) return 'unknown'
  return mealsLeft < policies.lowCreditMeals ? 'low' : 'enough'
}

/** The credit at the start of the days drawn, after each movement, and today. */
function pointsSince(movements: readonly Movement[], from: RomeDate, today: RomeDate, balanceCents: bigint) {
  const recent = movements.filter(({ bookedAt }) => romeDate(bookedAt) >= from).toReversed()
  const [first] = recent
  if (!first) return []
  return [
    { on: from, balanceCents: first.balanceAfterCents - first.amountCents },
    ...recent.map(({ bookedAt, balanceAfterCents }) => ({
      on: romeDate(bookedAt),
      balanceCents: balanceAfterCents,
    })),
    { on: today, balanceCents },
  ]
}
