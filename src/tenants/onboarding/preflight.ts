import type { PaymentChannel } from '#core/channel.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { romeDate } from '#core/clock.ts'
import type { Missing } from '../states.ts'
import { isFiscalCodeOfBody, isItalianIban } from './iban.ts'
import { factsOf, type PreflightFacts } from './preflight-facts.ts'

/** The pages of the onboarding, in the order in which the checklist shows them; paths under the office. */
export const STEPS = {
  contacts: '/avvio/contatti',
  texts: '/avvio/testi',
  appearance: '/avvio/aspetto',
  legal: '/avvio/note-legali',
  creditor: '/avvio/creditore',
  services: '/avvio/servizi',
  channels: '/avvio/canali',
  policies: '/avvio/regole',
  identity: '/avvio/spid-cie',
  staff: '/personale',
  rehearsal: '/avvio/prova',
} as const satisfies Record<string, `/${string}`>
export type Step = keyof typeof STEPS

/** From when on a rule must hold: `rehearsal` before the rehearsal begins, `live` before real money comes; `never` is advice. */
type Blocks = 'rehearsal' | 'live' | 'never'

interface Rule {
  readonly key: string
  readonly step: Step
  readonly blocks: Blocks
  readonly holds: (tenant: Tenant, facts: PreflightFacts) => boolean
}

/**
 * Everything that is asked of an entity before it goes live: the one table that the checklist, going live and the operators'
 * page ask. A new rule is a line here and its text `missing.<key>`.
 */
const RULES: readonly Rule[] = [
  {
    key: 'contacts.reachable',
    step: 'contacts',
    blocks: 'live',
    holds: ({ branding }) => branding.phone !== '' || branding.email !== '',
  },
  {
    key: 'contacts.address',
    step: 'contacts',
    blocks: 'never',
    holds: ({ branding }) => branding.address !== '',
  },
  {
    key: 'texts.office',
    step: 'texts',
    blocks: 'never',
    holds: ({ branding }) => branding.officeName !== '',
  },
  {
    key: 'look.mark',
    step: 'appearance',
    blocks: 'live',
    holds: ({ branding }) => branding.logo !== null || branding.initials.trim() !== '',
  },
  { key: 'look.logo', step: 'appearance', blocks: 'never', holds: ({ branding }) => branding.logo !== null },
  // L. 4/2004 art. 3-quater (declaration and feedback), GDPR art. 13 (privacy).
  {
    key: 'links.accessibility',
    step: 'legal',
    blocks: 'live',
    holds: ({ branding }) => branding.accessibilityDeclarationUrl !== '',
  },
  {
    key: 'links.privacy',
    step: 'legal',
    blocks: 'live',
    holds: ({ branding }) => branding.privacyUrl !== '',
  },
  {
    key: 'links.legal_notes',
    step: 'legal',
    blocks: 'live',
    holds: ({ branding }) => branding.legalNotesUrl !== '',
  },
  { key: 'links.report', step: 'legal', blocks: 'live', holds: ({ branding }) => branding.reportUrl !== '' },
  {
    key: 'creditor.iban',
    step: 'creditor',
    blocks: 'rehearsal',
    holds: ({ creditor }) => isItalianIban(creditor.iban),
  },
  {
    key: 'creditor.postal',
    step: 'creditor',
    blocks: 'live',
    holds: ({ creditor }) => creditor.postalIban === undefined || isItalianIban(creditor.postalIban),
  },
  {
    key: 'creditor.fiscal_code',
    step: 'creditor',
    blocks: 'never',
    holds: ({ creditorFiscalCode }) => isFiscalCodeOfBody(creditorFiscalCode),
  },
  {
    key: 'categories.none',
    step: 'services',
    blocks: 'rehearsal',
    holds: (_, { taxonomies }) => taxonomies.length > 0,
  },
  {
    key: 'categories.taxonomy',
    step: 'services',
    blocks: 'rehearsal',
    holds: (_, { taxonomies }) => taxonomies.every(isTaxonomyCode),
  },
  {
    key: 'channels.none',
    step: 'channels',
    blocks: 'rehearsal',
    holds: (_, { channels }) => channels.some(({ offered }) => offered),
  },
  {
    key: 'channels.not_offered',
    step: 'channels',
    blocks: 'never',
    holds: (_, { channels }) => channels.every(({ offered }) => offered),
  },
  {
    key: 'policies.seen',
    step: 'policies',
    blocks: 'live',
    holds: (_, { confirmed }) => confirmed.includes('policies'),
  },
  {
    key: 'sign_in.possible',
    step: 'identity',
    blocks: 'live',
    holds: ({ policies }, { schemes, today }) =>
      schemes.length > 0 || policies.passwordLoginUntil === null || policies.passwordLoginUntil >= today,
  },
  // DL 76/2020 art. 24: public services take SPID and CIE.
  {
    key: 'identity.registered',
    step: 'identity',
    blocks: 'never',
    holds: (_, { schemes }) => schemes.length > 0,
  },
  {
    key: 'staff.administrator',
    step: 'staff',
    blocks: 'live',
    holds: (_, { administrators }) => administrators > 0,
  },
  {
    key: 'rehearsal.channels',
    step: 'rehearsal',
    blocks: 'live',
    holds: (_, { channels }) => channels.every(({ offered, rehearsed }) => !offered || rehearsed),
  },
]

/** The taxonomy of what public bodies collect: `9/` and the seven digits and two letters of the kind of payment. */
export function isTaxonomyCode(code: string): boolean {
  return /^9\/\d{7}[A-Z]{2}\/$/.test(code)
}

/** A rule that does not hold. */
export interface Finding {
  readonly key: string
  readonly step: Step
  readonly blocks: Blocks
}

/** Looks at everything at once. */
export interface OnboardingPreflight {
  /** What does not hold, advice included, in the order of the steps. */
  findings(tenant: Tenant): Promise<{ readonly findings: readonly Finding[]; readonly facts: PreflightFacts }>
  /** What keeps the entity from going live: what changeState() asks. */
  missing(tenant: Tenant): Promise<readonly Missing[]>
}

/** @param channels every channel of the installation */
export function createPreflight(
  services: Services,
  channels: readonly PaymentChannel[],
): OnboardingPreflight {
  const preflight: OnboardingPreflight = {
    async findings(tenant) {
      const facts = await factsOf(services, channels, tenant, romeDate(services.clock.now()))
      const findings = RULES.filter(({ holds }) => !holds(tenant, facts)).map(({ key, step, blocks }) => ({
        key,
        step,
        blocks,
      }))
      return { findings, facts }
    },
    async missing(tenant) {
      const { findings } = await preflight.findings(tenant)
      return findings
        .filter(({ blocks }) => blocks !== 'never')
        .map(({ key, step }) => ({ key, href: STEPS[step] }))
    },
  }
  return preflight
}

/** Every key that can be missing, for the test of their texts. */
export const MISSING_KEYS: readonly string[] = RULES.map(({ key }) => key)
