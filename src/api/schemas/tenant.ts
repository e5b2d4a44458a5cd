import { z } from '@hono/zod-openapi'
import { LANGUAGES, translator, type Language } from '#core/i18n.ts'
import type { Tenant } from '#core/tenant.ts'
import type { ChannelOffer } from '#tenants/cashier.ts'
import type { ServiceCategory } from '#tenants/people/children.ts'
import type { SignInMethod } from '#tenants/sign-in/methods.ts'
import {
  activationCode,
  amountCents,
  channelId,
  currency,
  day,
  textOrNone,
  zeroOrMoreCents,
} from './fields.ts'

const signInMethod = z.strictObject({
  id: z.enum(['spid', 'cie', 'password']),
  open: z.boolean(),
  availableUntil: day
    .nullable()
    .openapi({ description: 'The last day on which it is open; null without end.' }),
})

const channel = z.strictObject({
  id: channelId(),
  label: z.string().max(100),
  note: z.string().max(200),
  maxTopUps: z.int().min(0).max(5).openapi({
    format: 'int32',
    description: 'Items that one start may have; 0 for a code, which a wallet gives.',
  }),
  offered: z.boolean(),
  because: textOrNone(300).openapi({ description: 'Why it is not offered.' }),
})

/** An entity as an app needs it before anybody signs in. */
export const tenantSchema = z
  .strictObject({
    name: z.string().max(100),
    slug: z.string().max(40),
    activationCode,
    ipaCode: textOrNone(20),
    creditor: z.strictObject({ name: z.string().max(100), fiscalCode: z.string().max(11) }),
    branding: z.strictObject({
      serviceName: z.string().max(60),
      primaryColor: z
        .string()
        .max(7)
        .regex(/^#[0-9a-fA-F]{6}$/),
      initials: z.string().max(3),
      address: textOrNone(140),
      officeName: textOrNone(50),
      officeHours: textOrNone(100),
      phone: textOrNone(30),
      email: textOrNone(256),
      website: textOrNone(500),
    }),
    policies: z.strictObject({
      currency,
      minimumCents: amountCents,
      maximumCents: amountCents,
      suggestedCents: z.array(amountCents).min(0).max(4),
      mealTariffCents: zeroOrMoreCents,
      receiptCopyDelayDays: z.int().min(0).max(60).openapi({ format: 'int32' }),
      noticeValidityDays: z.int().min(1).max(365).openapi({ format: 'int32' }),
      pagopaOnlyFrom: day.nullable(),
      selfEnrolment: z.boolean(),
      languages: z.array(z.enum(LANGUAGES)).min(1).max(10),
    }),
    signInMethods: z.array(signInMethod).min(0).max(10),
    signIn: z.strictObject({
      browserUrl: textOrNone(500).openapi({
        description:
          'Opened in the system’s browser, with `redirect_uri`, `code_challenge`, `code_challenge_method=S256` and `state` ' +
          'added: every way in that the entity has. Null where this installation knows no app.',
      }),
    }),
    categories: z
      .array(z.strictObject({ code: z.string().max(20), label: z.string().max(60) }))
      .min(0)
      .max(50),
    channels: z.array(channel).min(0).max(50),
    links: z.strictObject({
      portal: z.url().max(500),
      leaflet: z.url().max(500).openapi({
        description:
          'What the entity hands out to families: a page, and with `.pdf` behind it a sheet to print.',
      }),
      privacy: textOrNone(500),
      legalNotes: textOrNone(500),
      accessibility: textOrNone(500),
      faq: textOrNone(500),
      report: textOrNone(500),
    }),
  })
  .openapi('Tenant')

/** What the view is made of. */
export interface TenantFacts {
  signInMethods: readonly SignInMethod[]
  categories: readonly ServiceCategory[]
  offers: readonly ChannelOffer[]
  language: Language
  publicUrl: string
  /** Whether an app may sign in through the browser here. */
  hasAppLinks: boolean
}

export function tenantView(tenant: Tenant, facts: TenantFacts): z.infer<typeof tenantSchema> {
  const { branding, policies } = tenant
  const t = translator(facts.language)
  const { primaryColor, serviceName, initials } = branding
  const { minimumCents, maximumCents, suggestedCents, mealTariffCents, selfEnrolment } = policies
  return {
    name: tenant.name,
    slug: tenant.slug,
    activationCode: tenant.activationCode,
    ipaCode: tenant.ipaCode,
    creditor: { name: tenant.creditor.name, fiscalCode: tenant.creditorFiscalCode },
    branding: {
      serviceName,
      primaryColor,
      initials,
      address: orNone(branding.address),
      officeName: orNone(branding.officeName),
      officeHours: orNone(branding.officeHours),
      phone: orNone(branding.phone),
      email: orNone(branding.email),
      website: orNone(branding.website),
    },
    policies: {
      currency: 'EUR',
      minimumCents,
      maximumCents,
      suggestedCents,
      mealTariffCents,
      receiptCopyDelayDays: policies.receiptCopyDelayDays,
      noticeValidityDays: policies.noticeValidityDays,
      pagopaOnlyFrom: policies.pagopaOnlyFrom,
      selfEnrolment,
      languages: policies.languages,
    },
    signInMethods: facts.signInMethods.map(({ id, open, availableUntil }) => ({ id, open, availableUntil })),
    signIn: {
      browserUrl: facts.hasAppLinks
        ? new URL(`/app/accedi?activation_code=${tenant.activationCode}`, facts.publicUrl).href
        : null,
    },
    categories: [...facts.categories],
    channels: facts.offers.map(({ channel, offer }) => ({
      id: channel.id,
      label: channel.label[facts.language],
      note: channel.note[facts.language],
      maxTopUps: channel.maxTopUps,
      offered: offer.offered,
      because: offer.offered ? null : t(offer.because),
    })),
    links: {
      portal: new URL(`/${tenant.slug}/`, facts.publicUrl).href,
      leaflet: new URL(`/${tenant.slug}/foglio`, facts.publicUrl).href,
      privacy: orNone(branding.privacyUrl),
      legalNotes: orNone(branding.legalNotesUrl),
      accessibility: orNone(branding.accessibilityDeclarationUrl),
      faq: orNone(branding.faqUrl),
      report: orNone(branding.reportUrl),
    },
  }
}

function orNone(text: string): string | null {
  return text === '' ? null : text
}
