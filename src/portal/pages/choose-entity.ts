import { translator } from '#core/i18n.ts'
import type { Tenant } from '#core/tenant.ts'
import { baseOf, type PortalApp, type PortalParts } from '../context.ts'
import { emptyFrame, tenantView } from '#pages/frame.ts'
import { page } from '../frame.ts'

/** `/`: finds the entity by its activation code, or by its name. */
export function chooseEntityRoutes(app: PortalApp, parts: PortalParts): void {
  app.get('/', async (context) => {
    const query = (context.req.query('ente') ?? '').trim().slice(0, 100)
    const digits = query.replace(/[\s.-]/g, '')
    if (/^\d{10}$/.test(digits)) {
      const tenant = await parts.registry.byActivationCode(digits)
      // The code is on the leaflet: it works in the rehearsal too, and while the entity is suspended.
      if (tenant && tenant.state !== 'draft' && tenant.state !== 'closed')
        return context.redirect(`${baseOf(tenant)}/`, 303)
    }
    const t = translator(context.var.language)
    const tooShort = query.length === 1
    const found = query.length > 1 && !/^\d+$/.test(digits) ? await parts.registry.search(query) : []
    return page(parts, context, 'choose-entity', {
      ...emptyFrame(parts, context),
      query,
      results: query.length > 1 ? found.map(result) : null,
      errors: tooShort ? { ente: t('portal.choose_entity.error_short') } : {},
    })
  })
}

function result(tenant: Tenant) {
  const { name, service, logoHref } = tenantView(tenant)
  return { name, service, logoHref, href: `${baseOf(tenant)}/` }
}
