import { z } from 'zod'
import type { RomeDate } from './clock.ts'
import { isRomeDate } from './clock.ts'
import type { TenantState } from './db/schema.ts'
import { SECOND_LANGUAGES } from './documents/notice-data.ts'
import { LANGUAGES } from './i18n.ts'

const romeDay = z.string().refine(isRomeDate, 'not a calendar day') as z.ZodType<RomeDate>
const hourInRome = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not an hour')
const amountCents = z.number().int().positive().max(99_999_999_999)
const link = z.url({ protocol: /^https?$/ }).max(500)

/** What an entity decides for itself. Amounts in cents, days in Rome. */
export const policiesSchema = z.strictObject({
  /** From this day top-ups recorded at the office till are refused; null while the till is open without end. */
  pagopaOnlyFrom: romeDay.nullable().default(null),
  /** The last day of sign-in by user name and password; null while it has no end. */
  passwordLoginUntil: romeDay.nullable().default(null),
  /** Whether the entity's staff may sign in to the office with SPID and CIE, beside password and second factor. */
  staffIdentitySignIn: z.boolean().default(false),
  receiptCopyDelayDays: z.number().int().min(0).max(60).default(3),
  minimumCents: amountCents.default(500),
  maximumCents: amountCents.default(50_000),
  suggestedCents: z.array(amountCents).max(4).default([2_500, 5_000, 10_000]),
  noticeValidityDays: z.number().int().min(1).max(365).default(30),
  /** Whether an expired notice is still payable at the Node. */
  latePaymentAllowed: z.boolean().default(false),
  /** What a meal costs a child that enrols from the portal, until the office gives it a tariff of its own. */
  mealTariffCents: z.number().int().min(0).max(10_000).default(500),
  lowCreditMeals: z.number().int().min(0).max(50).default(3),
  /** Corrections of a credit above this wait for a second person of the office; 0 lets every one wait. */
  adjustmentLimitCents: z.number().int().min(0).max(1_000_000).default(5_000),
  /** From which hour in Rome a day's closed lists are charged. */
  chargeMealsAt: hourInRome.default('14:00'),
  /** Until which hour in Rome parents may announce that a child stays away on that same day; null: not offered. */
  absenceUntil: hourInRome.nullable().default('09:00'),
  /** For how many days the lists of classes may be handed in or corrected; administrators may go further back. */
  attendanceDaysBack: z.number().int().min(0).max(365).default(7),
  /** Whether parents may enrol a child themselves, or only claim one that the school entered. */
  selfEnrolment: z.boolean().default(true),
  /** Whether such an enrolment holds at once, or waits for the office's word. */
  enrolmentRequests: z.enum(['immediate', 'asked']).default('immediate'),
  languages: z.array(z.enum(LANGUAGES)).min(1).default(['it', 'en']),
  /**
   * Whether the notice names the last day on which it can be paid. Prepaid credit has no legal due date, so an
   * entity may print the form without one; the notice ends on that day all the same.
   */
  noticeShowsDueDate: z.boolean().default(true),
  /**
   * The language that every notice carries beside Italian: `en` in the secondary style, `de` with the same rank
   * as Italian (DPR 574/1988); null where Italian is enough, see noticeDocumentOf().
   */
  noticeSecondLanguage: z.enum(SECOND_LANGUAGES).nullable().default(null),
})
export type Policies = z.infer<typeof policiesSchema>

/** How the entity looks and where it is reached. */
export const brandingSchema = z.strictObject({
  primaryColor: z.string().regex(/^#[0-9a-f]{6}$/i),
  serviceName: z.string().min(1).max(60).default('Mensa scolastica'),
  /** Two letters on the shield that stands in for a coat of arms. */
  initials: z.string().min(1).max(3),
  address: z.string().max(140).default(''),
  officeName: z.string().max(50).default(''),
  officeHours: z.string().max(100).default(''),
  phone: z.string().max(30).default(''),
  email: z.email().max(256).or(z.literal('')).default(''),
  website: link.or(z.literal('')).default(''),
  /** The municipality's Belfiore code (catasto), which SPID and CIE want in metadata. */
  municipalityCode: z
    .string()
    .regex(/^[A-Z]\d{3}$/)
    .or(z.literal(''))
    .default(''),
  privacyUrl: link.or(z.literal('')).default(''),
  legalNotesUrl: link.or(z.literal('')).default(''),
  accessibilityDeclarationUrl: link.or(z.literal('')).default(''),
  faqUrl: link.or(z.literal('')).default(''),
  /** The picture that was handed in, instead of the shield: the hash of its bytes. */
  logo: z
    .strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/), kind: z.enum(['svg', 'png', 'jpg']) })
    .nullable()
    .default(null),
  reportUrl: link.or(z.literal('')).default(''),
})
export type Branding = z.infer<typeof brandingSchema>

const iban = z.string().regex(/^IT\d{2}[A-Z]\d{10}[0-9A-Z]{12}$/)

/** The creditor institution as pagoPA knows it. */
export const creditorSchema = z.strictObject({
  name: z.string().min(1).max(100),
  brokerFiscalCode: z.string().regex(/^\d{11}$/),
  stationId: z.string().min(1).max(35),
  iban,
  postalIban: iban.optional(),
  /** What Poste agreed with the entity for its payment slip; without it notices have no slip. */
  postalAccount: z
    .strictObject({
      /** The holder as Poste has it ("intestato a"). */
      holder: z.string().trim().min(1).max(50),
      /** Poste's leave to print the slip, as it must stand on it: `AUT. DB/… DEL …`. */
      authorization: z
        .string()
        .trim()
        .regex(/^AUT\. [\x20-\x7e]{5,55}$/),
    })
    .optional(),
  cbill: z
    .string()
    .regex(/^[A-Z0-9]{5}$/)
    .optional(),
})
export type Creditor = z.infer<typeof creditorSchema>

/** The same of an entity that takes no money: its account may still be missing, and is the empty text then. */
export const draftCreditorSchema = creditorSchema.extend({ iban: iban.or(z.literal('')).default('') })

/**
 * The postal account for the Bollettino Postale PA: 12 digits, the end of an IBAN of Poste (ABI 07601). Undefined
 * unless both that IBAN and Poste's leave to print are there: a slip without one of them is no valid form.
 */
export function postalSlipAccount(
  creditor: Creditor,
): { number: string; holder: string; authorization: string } | undefined {
  const number = /^IT\d{2}[A-Z]07601\d{5}(\d{12})$/.exec(creditor.postalIban ?? '')?.[1]
  if (number === undefined || !creditor.postalAccount) return undefined
  return { number, ...creditor.postalAccount }
}

/** An entity with everything the rest of the house needs to know of it. */
export interface Tenant {
  readonly id: string
  readonly slug: string
  readonly activationCode: string
  readonly host: string | null
  readonly name: string
  readonly ipaCode: string | null
  readonly state: TenantState
  /** Why it is in this state, in words that families may read. */
  readonly stateReason: string | null
  /** Since when its money is real; null before it has ever been live. */
  readonly liveSince: Date | null
  readonly creditorFiscalCode: string
  readonly segregationCode: string
  readonly serviceId: string | null
  readonly serviceSubjectId: string | null
  readonly creditor: Creditor
  readonly branding: Branding
  readonly policies: Policies
}

/** How the rooms below find a tenant; the registry in tenants/ fulfils it. */
export interface TenantDirectory {
  byId(id: string): Promise<Tenant | undefined>
  byCreditor(fiscalCode: string, segregationCode: string): Promise<Tenant | undefined>
  /** Every tenant of one creditor: a company may serve several municipalities. */
  ofCreditor(fiscalCode: string): Promise<readonly Tenant[]>
  byServiceSubject(fiscalCode: string, serviceSubjectId: string): Promise<Tenant | undefined>
}

/** Whether an entity of this state may be without an account on which it is paid. The database holds the same rule. */
export function mayLackAccount(state: TenantState): boolean {
  return state === 'draft' || state === 'closed'
}

/** Whether new top-ups may be asked for: receipts are taken in every state. */
export function isOpenForBusiness(tenant: Pick<Tenant, 'state'>): boolean {
  return tenant.state === 'live' || tenant.state === 'rehearsal'
}

/** Whether nothing that is paid to it is real: it rehearses with a simulated world, and all of it goes before it is live. */
export function isRehearsing(tenant: Pick<Tenant, 'state' | 'liveSince'>): boolean {
  return tenant.state === 'rehearsal' && tenant.liveSince === null
}
