import { translator, type Language } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { leafletFileName, leafletView } from '#pages/leaflet-view.ts'
import { composeLeaflet } from '#tenants/leaflet/compose.ts'
import { leafletGaps } from '#tenants/leaflet/gaps.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/** The sheet for families before it is handed out: in every language, with what it leaves out and why. */
export function leafletRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /foglio', async (context) => {
    const { tenant, language } = context.var
    const base = officeOf(tenant)
    const t = translator(language)
    const facts = await parts.leaflets.factsOf(tenant)
    const chosen = sheetLanguage(context)
    return page(parts, context, 'office/leaflet', {
      ...frame(parts, context, 'leaflet'),
      ...leafletView(composeLeaflet(facts, chosen)),
      choices: tenant.policies.languages.map((one) => ({
        label: t(`portal.language.${one}`),
        href: `${base}/foglio?lingua=${one}`,
        current: one === chosen,
      })),
      pdfHref: `${base}/foglio.pdf?lang=${chosen}`,
      // The portal has no pages for an entity in draft.
      publicHref: tenant.state === 'draft' ? null : new URL('foglio', facts.portalUrl).href,
      gaps: leafletGaps(facts, language),
    })
  })

  officeRoute(app, 'GET /foglio.pdf', async (context) => {
    const { tenant, language } = context.var
    // The address names the sheet's language, not the reader's.
    context.header('set-cookie', undefined)
    const leaflet = await parts.leaflets.of(tenant, language)
    const pdf = await parts.leaflets.pdf(tenant, leaflet)
    context.header('cache-control', 'no-store')
    context.header('content-disposition', `attachment; filename="${leafletFileName(tenant.slug, leaflet)}"`)
    return context.body(new Uint8Array(pdf), 200, { 'content-type': 'application/pdf' })
  })
}

/** The language of the preview: the one asked for where the entity offers it, else the reader's. */
function sheetLanguage(context: PageContext): Language {
  const { tenant, language } = context.var
  return tenant.policies.languages.find((one) => one === context.req.query('lingua')) ?? language
}
