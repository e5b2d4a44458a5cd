import { createHash } from 'node:crypto'
import type { Tenant } from '#core/tenant.ts'
import { themeCss } from '#core/theme.ts'
import { baseOf, type PortalContext, type PortalParts } from './context.ts'
import {
  initials,
  navigation,
  type Alert,
  type PageView,
  type Section,
  type TenantView,
} from './views/page.ts'
import { renderPage, type PageViews } from './views/pages.ts'

/** What every page of the entity has around its content. */
export function frame(
  { assets, forms }: PortalParts,
  context: PortalContext,
  section: Section | null,
  alerts: readonly Alert[] = [],
): PageView {
  const { tenant, viewer, language } = context.var
  const base = baseOf(tenant)
  const name = viewer ? `${viewer.firstName} ${viewer.lastName}` : ''
  return {
    language,
    languages: tenant.policies.languages,
    tenant: tenantView(tenant),
    base,
    viewer: viewer ? { firstName: viewer.firstName, name, initials: initials(name) } : null,
    nav: viewer ? navigation(base, section) : [],
    formToken: forms.issue(viewer?.accountId ?? ''),
    alerts,
    assets,
  }
}

/** Fills a page and answers it; personal pages are never kept by anybody on the way. */
export function page<Name extends keyof PageViews>(
  { services }: PortalParts,
  context: PortalContext,
  name: Name,
  view: PageViews[Name],
  status: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 502 | 503 = 200,
): Response {
  context.header('cache-control', 'no-store')
  return context.html(renderPage(services.templates, name, view), status)
}

/** The entity as its pages show it. */
export function tenantView(tenant: Tenant): TenantView {
  const { branding } = tenant
  const orNull = (text: string) => text || null
  return {
    name: tenant.name,
    service: branding.serviceName,
    address: orNull(branding.address),
    fiscalCode: tenant.creditorFiscalCode,
    logoHref: `/logo/${tenant.slug}-${hashOf(branding.primaryColor + branding.initials)}.svg`,
    themeHref: `/theme/${tenant.slug}-${hashOf(themeCss({ primary: branding.primaryColor }))}.css`,
    website: branding.website ? { label: new URL(branding.website).host, href: branding.website } : null,
    contacts: {
      office: orNull([branding.officeName, branding.officeHours].filter(Boolean).join(', ')),
      phone: orNull(branding.phone),
      email: orNull(branding.email),
    },
    links: {
      privacy: orNull(branding.privacyUrl),
      legalNotes: orNull(branding.legalNotesUrl),
      accessibility: orNull(branding.accessibilityDeclarationUrl),
      faq: orNull(branding.faqUrl),
      report: orNull(branding.reportUrl),
    },
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}
