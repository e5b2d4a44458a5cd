import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { answerPage, frameOf, type PageStatus } from '#pages/frame.ts'
import type { Alert, PageView } from '#pages/view.ts'
import { baseOf, type PortalContext, type PortalParts } from './context.ts'
import { navigation, profileMenu, type Section } from './views/page.ts'
import type { PageViews } from './views/pages.ts'

/** What every page of the entity has around its content. */
export function frame(
  parts: PortalParts,
  context: PortalContext,
  section: Section | null,
  alerts: readonly Alert[] = [],
): PageView {
  const { tenant, viewer } = context.var
  const base = baseOf(tenant)
  return {
    ...frameOf(parts, context, base, [...pausedBanner(context), ...alerts]),
    nav: viewer ? navigation(base, section) : [],
    phoneNav: 'bar',
    menu: profileMenu(base),
  }
}

/** What families must know on every page while the entity is suspended. */
function pausedBanner({ var: { tenant, language } }: PortalContext): Alert[] {
  if (tenant.state !== 'suspended') return []
  const facts = { entity: tenant.name, reason: tenant.stateReason ?? '–' }
  return [{ kind: 'warning', text: translator(language)('portal.paused.banner', facts) }]
}

/** Fills a page of the portal and answers it. */
export function page<Name extends keyof PageViews>(
  parts: PortalParts,
  context: PageContext,
  name: Name,
  view: PageViews[Name],
  status?: PageStatus,
): Response {
  return answerPage(parts, context, name, view, status)
}
