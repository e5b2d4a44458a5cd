import { SECOND_LANGUAGES } from '#core/documents/notice-data.ts'
import { LANGUAGES } from '#core/i18n.ts'
import type { Field, FieldKind } from './fields.ts'

const branding = (name: string, kind: FieldKind, more: Partial<Field> = {}): Field => ({
  name,
  kind,
  at: ['branding', name],
  whenEmpty: '',
  ...more,
})
const policy = (name: string, kind: FieldKind, more: Partial<Field> = {}): Field => ({
  name,
  kind,
  at: ['policies', name],
  required: true,
  ...more,
})
const creditor = (name: string, kind: FieldKind, more: Partial<Field> = {}): Field => ({
  name,
  kind,
  at: ['creditor', name],
  ...more,
})
const link = { maxLength: 500 }
const optionalDay = { required: false, whenEmpty: null } as const

/**
 * What an entity settles for itself, page by page, each in the order in which its form asks. A field that is added here
 * is on its page, checked, locked against somebody else's change, and in the log.
 */
export const SETTINGS = {
  contacts: [
    { name: 'name', kind: 'text', at: ['name'], required: true, maxLength: 100 },
    branding('address', 'text', { maxLength: 140 }),
    branding('phone', 'text', { maxLength: 30 }),
    branding('email', 'email', { maxLength: 256 }),
    branding('website', 'link', link),
    branding('municipalityCode', 'text', { maxLength: 4 }),
  ],
  appearance: [
    branding('primaryColor', 'colour', { required: true }),
    branding('initials', 'text', { required: true, maxLength: 3 }),
  ],
  texts: [
    branding('serviceName', 'text', { required: true, maxLength: 60 }),
    branding('officeName', 'text', { maxLength: 50 }),
    branding('officeHours', 'text', { maxLength: 100 }),
    { name: 'languages', kind: 'choices', at: ['policies', 'languages'], required: true, options: LANGUAGES },
  ],
  legal: [
    branding('accessibilityDeclarationUrl', 'link', { ...link, neededLive: true }),
    branding('privacyUrl', 'link', { ...link, neededLive: true }),
    branding('legalNotesUrl', 'link', { ...link, neededLive: true }),
    branding('reportUrl', 'link', { ...link, neededLive: true }),
    branding('faqUrl', 'link', link),
  ],
  creditor: [
    { name: 'creditorFiscalCode', kind: 'text', at: ['creditor_fiscal_code'], required: true, maxLength: 11 },
    { name: 'segregationCode', kind: 'text', at: ['segregation_code'], required: true, maxLength: 2 },
    creditor('brokerFiscalCode', 'text', { required: true, maxLength: 11 }),
    creditor('stationId', 'text', { required: true, maxLength: 35 }),
    { name: 'creditorName', kind: 'text', at: ['creditor', 'name'], required: true, maxLength: 100 },
    creditor('iban', 'iban', { required: true }),
    creditor('cbill', 'text', { maxLength: 5 }),
    creditor('postalIban', 'iban'),
    { name: 'postalHolder', kind: 'text', at: ['creditor', 'postalAccount', 'holder'], maxLength: 50 },
    {
      name: 'postalAuthorization',
      kind: 'text',
      at: ['creditor', 'postalAccount', 'authorization'],
      maxLength: 60,
    },
    { name: 'serviceId', kind: 'text', at: ['service_id'], whenEmpty: null, maxLength: 5 },
    { name: 'serviceSubjectId', kind: 'text', at: ['service_subject_id'], whenEmpty: null, maxLength: 5 },
  ],
  policies: [
    policy('pagopaOnlyFrom', 'day', optionalDay),
    policy('passwordLoginUntil', 'day', optionalDay),
    policy('staffIdentitySignIn', 'flag'),
    policy('minimumCents', 'amount'),
    policy('maximumCents', 'amount'),
    policy('suggestedCents', 'amounts'),
    policy('noticeValidityDays', 'whole'),
    policy('latePaymentAllowed', 'flag'),
    policy('noticeShowsDueDate', 'flag'),
    policy('noticeSecondLanguage', 'choice', {
      required: false,
      whenEmpty: null,
      options: SECOND_LANGUAGES,
    }),
    policy('receiptCopyDelayDays', 'whole'),
    policy('lowCreditMeals', 'whole'),
    policy('mealTariffCents', 'amount'),
    policy('selfEnrolment', 'flag'),
  ],
} as const satisfies Record<string, readonly Field[]>

export type SettingsSection = keyof typeof SETTINGS

/** The fields of a section. */
export function fieldsOf(section: SettingsSection): readonly Field[] {
  return SETTINGS[section]
}

/** What routes payments: fixed from the day on which the entity's money is real. */
export const ROUTING_FIELDS: readonly string[] = [
  'creditorFiscalCode',
  'segregationCode',
  'brokerFiscalCode',
  'stationId',
]
