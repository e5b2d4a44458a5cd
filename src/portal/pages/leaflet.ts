import { entityTag, namesTag } from '#core/entity-tag.ts'
import { leafletFileName, leafletView } from '#pages/leaflet-view.ts'
import { leafletTag } from '#tenants/leaflet/leaflets.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'

/** The registry takes an entity as it is for ten seconds; a minute more harms no sheet. */
const PDF_CACHE = 'public, max-age=60'

/** `/{slug}/foglio`: the sheet that the entity hands out to families, as a page and as a PDF. No sign-in. */
export function leafletRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/:slug/foglio', async (context) => {
    const { tenant, language, viewer } = context.var
    const leaflet = await parts.leaflets.of(tenant, language)
    const pdfHref = `${baseOf(tenant)}/foglio.pdf?lang=${language}`
    const answer = page(parts, context, 'leaflet', {
      ...frame(parts, context, null),
      ...leafletView(leaflet),
      pdfHref,
    })
    // Around it stands the name of who is signed in: such a page is nobody else's.
    if (viewer) return answer
    context.header('cache-control', 'no-cache')
    context.header('vary', 'cookie, accept-language')
    const html = await answer.text()
    return known(context, entityTag(html)) ?? context.html(html)
  })

  app.get('/:slug/foglio.pdf', async (context) => {
    const { tenant, language } = context.var
    // The address names the sheet's language, not the reader's: the pages stay in theirs.
    context.header('set-cookie', undefined)
    const leaflet = await parts.leaflets.of(tenant, language)
    context.header('cache-control', PDF_CACHE)
    context.header('vary', 'cookie, accept-language')
    const unchanged = known(context, leafletTag(leaflet))
    if (unchanged) return unchanged
    const pdf = await parts.leaflets.pdf(tenant, leaflet)
    context.header('content-disposition', `attachment; filename="${leafletFileName(tenant.slug, leaflet)}"`)
    return context.body(new Uint8Array(pdf), 200, { 'content-type': 'application/pdf' })
  })
}

/** Marks the answer with its tag; 304 for whoever has it already. */
function known(context: PortalContext, tag: string): Response | undefined {
  context.header('etag', tag)
  return namesTag(context.req.header('if-none-match'), tag) ? context.body(null, 304) : undefined
}
