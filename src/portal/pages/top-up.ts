import type { NextStep } from '#core/channel.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import { once, type StoredAnswer } from '#core/idempotency.ts'
import { isOpenForBusiness } from '#core/tenant.ts'
import { checkAmount } from '#core/top-ups/open.ts'
import type { TopUpDraft } from '#core/top-ups/top-up.ts'
import { cents, parseAmount, sumCents, type Cents } from '#core/money.ts'
import { childNameOf, isPayable, walletsNear, type PayableWallet } from '#tenants/people/wallets.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { formFields } from '#pages/form.ts'
import { payerOf, viewerOf } from '../form.ts'
import { pausedPage } from './top-up-paused.ts'
import type { AmountChoice, ChannelChoice, TopUpView } from '../views/top-up.ts'

/** The most that one online payment takes (Checkout carts, protocol §4). */
const CHILDREN_MAX = 5

/** How long the second of two clicks waits for the first one's answer. */
export const REPEAT_WAIT_MS = 8_000

type Fields = Readonly<Record<string, string>>

/** RICARICA: who, how much, how. */
export function topUpRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/ricarica', async (context) => {
    if (!isOpenForBusiness(context.var.tenant)) return pausedPage(parts, context)
    const fields: Fields = {
      mode: context.req.query('modo') ?? 'single',
      child: context.req.query('figlio') ?? '',
    }
    return page(
      parts,
      context,
      'top-up',
      await view(parts, context, await ownWallets(parts, context), fields, {}),
    )
  })

  app.post('/:slug/ricarica', async (context) => {
    const { tenant, language } = context.var
    const payer = payerOf(context)
    const fields = await formFields(context)
    const key = parts.forms.check(fields.form, payer.accountId)
    if (!isOpenForBusiness(tenant)) return pausedPage(parts, context, 403)
    const wallets = await ownWallets(parts, context)
    const asked = readDrafts(wallets, fields, context)
    const errors = { ...asked.errors }
    if (!fields.channel) errors.channel = translator(language)('portal.top_up.error.channel')
    if (Object.keys(errors).length > 0)
      return page(parts, context, 'top-up', await view(parts, context, wallets, fields, errors), 422)
    try {
      const request = { walletId: asked.drafts[0]!.walletId, drafts: asked.drafts }
      const content = JSON.stringify({ ...fields, form: '' })
      const answer = await once(
        parts.services.db,
        { tenantId: tenant.id, accountId: payer.accountId, key, content },
        parts.services.clock.now(),
        async () => {
          const step = await parts.cashier.startOrResume(tenant, fields.channel!, payer, request)
          return answerOf(step, baseOf(tenant))
        },
        REPEAT_WAIT_MS,
      )
      return context.redirect(answer.body as string, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'top_up.too_many') throw error
      const refused = { channel: faultText(error, language).detail }
      return page(parts, context, 'top-up', await view(parts, context, wallets, fields, refused), 422)
    }
  })
}

/** The way on, as a repetition gets it too: to a page of Checkout only while Checkout keeps it. */
export function answerOf(step: NextStep, base: string): StoredAnswer {
  const answer = { status: 303, body: locationOf(step, base) }
  return step.kind === 'redirect' ? { ...answer, validUntil: step.expiresAt } : answer
}

/** Where the browser goes next. */
function locationOf(step: NextStep, base: string): string {
  switch (step.kind) {
    case 'redirect':
      return step.url.href
    case 'document':
      return `${base}/avvisi/${step.documentId}`
    case 'code':
      return `${base}/codici-pagamento`
    case 'unavailable':
      return `${base}/carrelli/${step.cartId}?canale=fermo`
  }
}

async function ownWallets({ services }: PortalParts, context: PortalContext): Promise<PayableWallet[]> {
  const { accountId } = viewerOf(context)
  const near = await walletsNear(services.pool, context.var.tenant.id, accountId, services.clock.now())
  return near.filter(isPayable).filter(({ state }) => state === 'active')
}

/** The credit of a wallet, where the reader may see it. */
function creditOf(wallet: PayableWallet): bigint | null {
  return wallet.relation === 'guardian' ? wallet.balanceCents : null
}

interface Asked {
  drafts: TopUpDraft[]
  errors: Record<string, string>
}

/** What the form asks for, and what is wrong with it, field by field. Amounts come from the text, never from a sum of the page's. */
function readDrafts(wallets: readonly PayableWallet[], fields: Fields, context: PortalContext): Asked {
  return fields.mode === 'multi'
    ? readSeveral(wallets, fields, context)
    : readSingle(wallets, fields, context)
}

function readSingle(wallets: readonly PayableWallet[], fields: Fields, context: PortalContext): Asked {
  const t = translator(context.var.language)
  const errors: Record<string, string> = {}
  const ofChild = wallets.filter(({ child }) => child.id === fields.child)
  if (ofChild.length === 0) errors.child = t('portal.top_up.error.child')
  const wallet = ofChild.find(({ category }) => category === fields.category)
  if (!wallet && !errors.child) errors.category = t('portal.top_up.error.category')
  const other = fields.otherAmount?.trim() ?? ''
  // A preset that nobody touched gives way to what was typed; where both were chosen, the parent must say which.
  const untouched = other !== '' && fields.amount === fields.suggested
  const preset =
    !untouched && /^\d{1,9}$/.test(fields.amount ?? '') ? cents(BigInt(fields.amount!)) : undefined
  if (preset !== undefined && other !== '') errors.amount = t('portal.top_up.error.both')
  // Whoever typed an amount meant it, also where the card beside it was not chosen.
  const typed = preset === undefined && (fields.amount === 'other' || other !== '')
  const amount = typed
    ? readAmount(other, context)
    : preset === undefined
      ? { problem: t('portal.top_up.error.amount') }
      : limited(preset, context)
  if (!errors.amount && 'problem' in amount) errors[typed ? 'otherAmount' : 'amount'] = amount.problem
  if (!wallet || Object.keys(errors).length > 0 || 'problem' in amount) return { drafts: [], errors }
  return { drafts: [{ walletId: wallet.id, amountCents: amount.value }], errors }
}

function readSeveral(wallets: readonly PayableWallet[], fields: Fields, context: PortalContext): Asked {
  const drafts: TopUpDraft[] = []
  const errors: Record<string, string> = {}
  for (const { id } of wallets) {
    const typed = fields[`amount-${id}`]?.trim() ?? ''
    if (typed === '') continue
    const amount = readAmount(typed, context)
    if ('problem' in amount) errors[`amount-${id}`] = amount.problem
    else drafts.push({ walletId: id, amountCents: amount.value })
  }
  if (drafts.length === 0 && Object.keys(errors).length === 0 && wallets[0]) {
    errors[`amount-${wallets[0].id}`] = translator(context.var.language)('portal.top_up.error.none')
  }
  return { drafts, errors }
}

function readAmount(text: string, context: PortalContext): { value: Cents } | { problem: string } {
  const value = parseAmount(text.replace(/\s*€\s*$/, ''))
  if (value === undefined)
    return { problem: translator(context.var.language)('portal.top_up.error.malformed') }
  return limited(value, context)
}

function limited(value: Cents, context: PortalContext): { value: Cents } | { problem: string } {
  try {
    checkAmount(context.var.tenant, value)
    return { value }
  } catch (error) {
    return { problem: faultText(error, context.var.language).detail }
  }
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  wallets: readonly PayableWallet[],
  fields: Fields,
  errors: Record<string, string>,
): Promise<TopUpView> {
  const { tenant, language } = context.var
  const { policies } = tenant
  const offers = await parts.cashier.offers(tenant, 'portal')
  const t = translator(language)
  const common = {
    ...frame(parts, context, 'top-up'),
    minimumCents: BigInt(policies.minimumCents),
    maximumCents: BigInt(policies.maximumCents),
    paymentCodesOffered:
      (wallets.length === 0 || wallets.some(({ relation }) => relation === 'guardian')) &&
      offers.some(({ channel, offer }) => channel.maxTopUps === 0 && offer.offered),
    errors,
  }
  const choice = ({ channel, offer }: (typeof offers)[number]): ChannelChoice => ({
    id: channel.id,
    label: channel.label[language].toLocaleUpperCase(language),
    note: channel.note[language],
    icon: channel.icon,
    ...(offer.offered ? { offered: true } : { offered: false, because: t(offer.because) }),
  })
  if (fields.mode === 'multi') {
    const rows = wallets.map((wallet) => ({
      field: `amount-${wallet.id}`,
      childName: childNameOf(wallet),
      category: wallet.categoryLabel,
      balanceCents: creditOf(wallet),
      amount: fields[`amount-${wallet.id}`] ?? '',
      error: errors[`amount-${wallet.id}`] ?? null,
    }))
    const amounts = rows.map(({ amount }) => parseAmount(amount) ?? cents(0))
    const channels = offers.filter(({ channel }) => channel.maxTopUps > 1).map(choice)
    return {
      ...common,
      mode: 'multi',
      rows,
      totalCents: sumCents(amounts),
      maximumChildren: CHILDREN_MAX,
      channels,
    }
  }
  const channels = offers.filter(({ channel }) => channel.maxTopUps > 0).map(choice)
  return { ...common, ...singleChoices(wallets, fields, policies), channels }
}

function singleChoices(wallets: readonly PayableWallet[], fields: Fields, policies: PolicyAmounts) {
  const children = [...Map.groupBy(wallets, ({ child }) => child.id).values()]
  const chosen = children.find((own) => own[0]!.child.id === fields.child) ?? children[0]
  const wallet = chosen?.find(({ category }) => category === fields.category) ?? chosen?.[0]
  const suggested = policies.suggestedCents.filter(
    (amount) => amount >= policies.minimumCents && amount <= policies.maximumCents,
  )
  const before = String(suggested[Math.floor((suggested.length - 1) / 2)] ?? 'other')
  const selected = fields.amount ?? (fields.otherAmount ? 'other' : before)
  const typed = fields.otherAmount ?? ''
  const amountCents =
    selected === 'other' ? parseAmount(typed) : BigInt(/^\d{1,9}$/.test(selected) ? selected : 0)
  const credit = wallet ? creditOf(wallet) : null
  const tariffCents = wallet?.relation === 'guardian' ? wallet.tariffCents : undefined
  const categories = new Map(
    wallets.map(({ category, categoryLabel }) => [category, `${category} · ${categoryLabel}`]),
  )
  return {
    mode: 'single' as const,
    children: children.map((own) => ({
      id: own[0]!.child.id,
      name: childNameOf(own[0]!),
      selected: own === chosen,
      credits: own.map((one) => ({
        category: one.category,
        label: one.categoryLabel,
        balanceCents: creditOf(one),
      })),
    })),
    categories: [...categories].map(([value, label]) => ({
      value,
      label,
      selected: value === wallet?.category,
    })),
    amounts: suggested.map((amount) => amountChoice(BigInt(amount), tariffCents, selected)),
    otherSelected: selected === 'other',
    suggested: before,
    otherAmount: typed,
    summary: amountCents
      ? { amountCents, balanceAfterCents: credit === null ? null : credit + amountCents }
      : null,
    afterShown: wallets.some(({ relation }) => relation === 'guardian'),
    severalOffered: wallets.length > 1,
  }
}

type PolicyAmounts = { suggestedCents: readonly number[]; minimumCents: number; maximumCents: number }

function amountChoice(amountCents: bigint, tariffCents: Cents | undefined, selected: string): AmountChoice {
  return {
    amountCents,
    meals: tariffCents ? Number(amountCents / tariffCents) : null,
    selected: String(amountCents) === selected,
  }
}
