import type { PortalContext, PortalParts } from '../context.ts'
import type { PageView } from '../views/page.ts'
import { LANGUAGES } from '#core/i18n.ts'

/** What surrounds a page that belongs to no entity. */
export function emptyFrame({ assets }: PortalParts, context: PortalContext): PageView {
  return {
    language: context.var.language ?? 'it',
    languages: LANGUAGES,
    tenant: null,
    base: '',
    viewer: null,
    nav: [],
    formToken: '',
    alerts: [],
    assets,
  }
}
