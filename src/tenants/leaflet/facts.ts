import { romeDate, type RomeDate } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { isOpenForBusiness, type Tenant } from '#core/tenant.ts'
import type { ChannelOffer } from '../cashier.ts'
import { pagopaOnly, type PagopaOnly } from '../pagopa-only.ts'
import { passwordMethod, signInMethods, type PasswordMethod } from '../sign-in/methods.ts'

/** What an entity's leaflet is written from: what the rules that the product acts on answer on a day. */
export interface LeafletFacts {
  readonly tenant: Tenant
  /** Before it goes live the sheet is a draft of how it will be. */
  readonly isDraft: boolean
  /** Whether top-ups are taken at all, in a draft once it is live. */
  readonly isOpen: boolean
  readonly identity: 'spid_cie' | 'spid' | 'cie' | null
  readonly password: PasswordMethod
  /** Whether an app can be signed in to. */
  readonly appSignIn: boolean
  readonly pagopaOnly: PagopaOnly | null
  /** The ways to pay that are open to families, as the cashier offers them. */
  readonly ways: readonly ChannelOffer[]
  /** Enabled, and not offered for a reason. */
  readonly closedWays: readonly ChannelOffer[]
  readonly portalUrl: URL
  readonly today: RomeDate
}

/**
 * Asks the rules.
 * @param offers what the cashier offers on the portal: Cashier.offers()
 * @param schemes those of SPID and CIE that are offered: Federation.offered()
 */
export function leafletFacts(
  tenant: Tenant,
  offers: readonly ChannelOffer[],
  schemes: readonly string[],
  { PUBLIC_URL, APP_LINKS }: Pick<Config, 'PUBLIC_URL' | 'APP_LINKS'>,
  now: Date,
): LeafletFacts {
  const isDraft = tenant.state === 'draft' || tenant.state === 'rehearsal'
  const isOpen = isOpenForBusiness(isDraft ? { ...tenant, state: 'live' } : tenant)
  const open = signInMethods(tenant, schemes, now).filter((method) => method.open)
  const vouched = open.map(({ id }) => id).filter((id) => id !== 'password')
  const identity = vouched.length === 2 ? 'spid_cie' : (vouched[0] ?? null)
  const password = passwordMethod(tenant, now)
  return {
    tenant,
    isDraft,
    isOpen,
    identity,
    password,
    // An app takes the password itself; SPID and CIE only through the browser, for apps that the installation knows.
    appSignIn: password.open || (identity !== null && APP_LINKS.length > 0),
    pagopaOnly: pagopaOnly(tenant, now),
    ways: isOpen ? offers.filter(({ offer }) => offer.offered) : [],
    closedWays: offers.filter(({ offer }) => !offer.offered),
    portalUrl: new URL(`/${tenant.slug}/`, PUBLIC_URL),
    today: romeDate(now),
  }
}
