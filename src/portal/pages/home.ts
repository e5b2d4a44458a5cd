import { addDays, romeDate, type RomeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'
import { movementsPage, type Movement } from '#core/ledger/movements.ts'
import type { Tenant } from '#core/tenant.ts'
import { lastDay } from '#core/top-ups/notice-document.ts'
import { standingOf } from '#core/top-ups/standing.ts'
import { hasPublicMenus } from '#meals/published-menus.ts'
import { pagopaOnly } from '#tenants/pagopa-only.ts'
import { walletStateReasons } from '#tenants/books/wallet-states.ts'
import { emailAddressOf } from '#tenants/people/email-address.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { ownPayments } from '#tenants/people/own.ts'
import { walletsNear, type GuardianWallet, type InvitedWallet } from '#tenants/people/wallets.ts'
import type { PortalApp, PortalContext, PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { viewerOf } from '../form.ts'
import type { InvitedCard, OpenNotice, WalletCard } from '../views/home.ts'
import { creditPoints, sparkline } from '#pages/sparkline.ts'
import { initials } from '#pages/view.ts'
import { ownerOf } from './own.ts'
import { todaysTables } from './todays-tables.ts'
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
    pagopaOnly: pagopaOnly(tenant, parts.services.clock.now()),
    passwordEnds: passwordEnd(parts, context),
    hasMenus: await hasPublicMenus(parts.services.db, tenant.id),
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
  const { tenant, language } = context.var
  const { accountId } = viewerOf(context)
  const today = romeDate(services.clock.now())
  const near = await walletsNear(services.pool, tenant.id, accountId, services.clock.now())
  const wallets = near.filter((wallet) => wallet.relation === 'guardian')
  const invited = near.filter((wallet) => wallet.relation === 'invited')
  const ended = new Set(near.filter(({ relation }) => relation === 'former').map(({ id }) => id))
  const stopped = wallets.filter(({ state }) => state !== 'active').map(({ id }) => id)
  const [histories, open, offers, email, reasons, tables] = await Promise.all([
    Promise.all(
      wallets.map(({ id }) => movementsPage(services.db, tenant.id, id, { limit: MOVEMENTS_READ })),
    ),
    ownPayments(services, ownerOf(context), { state: 'open', limit: OPEN_NOTICES_SHOWN }),
    cashier.offers(tenant, 'portal'),
    emailAddressOf(services.db, tenant.id, accountId),
    walletStateReasons(services.db, tenant.id, stopped),
    todaysTables(parts, context),
  ])
  return page(parts, context, 'home', {
    ...frame(parts, context, 'home'),
    schoolYear: schoolYearOf(today),
    cards: wallets.map((wallet, index) => ({
      ...card(tenant, wallet, histories[index]!.items, today),
      table: tables.get(`${wallet.child.id} ${wallet.category}`) ?? null,
      stopped: wallet.state === 'active' ? null : stoppedText(wallet.state, reasons.get(wallet.id), language),
    })),
    nothingYet: wallets.length === 0 && invited.length === 0,
    mayEnrol: tenant.policies.selfEnrolment,
    invited: invitedCards(invited),
    openNotices: open.items
      // What an invited person asked for is that person's to pay, as long as they may.
      .filter(({ invitation, walletId }) => invitation === undefined && !ended.has(walletId))
      .filter((topUp) => standingOf(topUp, services.clock.now()).onlineAttempt === undefined)
      .map((topUp): OpenNotice => ({
        topUpId: topUp.id,
        amountCents: topUp.amountCents,
        childName: topUp.childFirstName,
        issuedOn: romeDate(topUp.createdAt),
        dueOn: lastDay(topUp.expiresAt),
      })),
    // The code is the guardians' to show.
    paymentCodesOffered:
      (wallets.length > 0 || invited.length === 0) &&
      offers.some(({ channel, offer }) => channel.maxTopUps === 0 && offer.offered),
    emailToConfirm: email.confirmed ? null : email.address,
  })
}

/** One card a child, whatever services it may be topped up for. */
function invitedCards(wallets: readonly InvitedWallet[]): InvitedCard[] {
  const active = wallets.filter(({ state }) => state === 'active')
  return [...Map.groupBy(active, ({ child }) => child.id).values()].map((own) => {
    const [{ child, until }] = own as [InvitedWallet]
    return {
      childId: child.id,
      childName: child.firstName,
      initials: initials(child.firstName),
      categories: own.map(({ categoryLabel }) => categoryLabel).join(', '),
      until,
    }
  })
}

function card(
  tenant: Tenant,
  wallet: GuardianWallet,
  movements: readonly Movement[],
  today: RomeDate,
): Omit<WalletCard, 'stopped' | 'table'> {
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
    sparklineSvg: sparkline(creditPoints(movements, from, today, balanceCents), from, today),
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

/** Why nobody can top a wallet up, in the office's words. */
function stoppedText(
  state: 'suspended' | 'closed',
  reason: { reason: string } | undefined,
  language: Language,
): string {
  const t = translator(language)
  return reason ? t(`books.family.${state}`, { reason: reason.reason }) : t('fault.wallet.suspended.detail')
}
