import { createHash } from 'node:crypto'
import { LANGUAGES } from '#core/i18n.ts'
import { isRehearsing, type Tenant } from '#core/tenant.ts'
import { themeCss } from '#core/theme.ts'
import type { PageContext, PageParts } from './context.ts'
import { initials, type Alert, type PageView, type TenantView } from './view.ts'

/** What the pages of a face of an entity have around their content, but for the menus, which are the face's own. */
export function frameOf(
  { assets, forms }: PageParts,
  context: PageContext,
  base: string,
  alerts: readonly Alert[],
): Omit<PageView, 'nav' | 'phoneNav' | 'menu'> {
  const { tenant, viewer, language } = context.var
  const name = viewer ? `${viewer.firstName} ${viewer.lastName}` : ''
  return {
    language,
    languages: tenant.policies.languages,
    tenant: tenantView(tenant),
    base,
    viewer: viewer ? { firstName: viewer.firstName, name, initials: initials(name) } : null,
    formToken: forms.issue(viewer?.accountId ?? ''),
    alerts,
    assets,
  }
}

/** What surrounds a page that belongs to no entity. */
export function emptyFrame({ assets }: Pick<PageParts, 'assets'>, context: PageContext): PageView {
  return {
    language: context.var.language ?? 'it',
    languages: LANGUAGES,
    tenant: null,
    base: '',
    viewer: null,
    nav: [],
    phoneNav: 'bar',
    menu: [],
    formToken: '',
    alerts: [],
    assets,
  }
}

/** The statuses of a page. */
export type PageStatus = 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 502 | 503

/** Fills a template of `templates/pages` and answers it; personal pages are never kept by anybody on the way. */
export function answerPage(
  { services }: Pick<PageParts, 'services'>,
  context: PageContext,
  name: string,
  view: PageView,
  status: PageStatus = 200,
): Response {
  context.header('cache-control', 'no-store')
  return context.html(services.templates.render(`pages/${name}`, view, view.language), status)
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
    logoHref: logoPath(tenant),
    isRehearsing: isRehearsing(tenant),
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

/** Where the entity's picture lies, or the shield that stands in for it; another picture has another address. */
export function logoPath({ slug, branding }: Pick<Tenant, 'slug' | 'branding'>): string {
  const { logo, primaryColor, initials: letters } = branding
  return logo
    ? `/logo/${slug}-${logo.hash.slice(0, 10)}.${logo.kind}`
    : `/logo/${slug}-${hashOf(primaryColor + letters)}.svg`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}
