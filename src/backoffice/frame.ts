import { formatDateTime } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { answerPage, frameOf, type PageStatus } from '#pages/frame.ts'
import type { Alert, PageView } from '#pages/view.ts'
import { staffOf } from './access.ts'
import { officeOf, type OfficeParts } from './context.ts'
import { officeNavigation, type OfficeSection } from './sections.ts'
import type { OfficeViews } from './views/pages.ts'

/** What every page of the office has around its content: the entity's look, with the office named under its name. */
export function frame(
  parts: OfficeParts,
  context: PageContext,
  section: OfficeSection | null,
  alerts: readonly Alert[] = [],
): PageView {
  const { tenant, language } = context.var
  const base = officeOf(tenant)
  const staff = staffOf(context.var)
  const around = frameOf(parts, context, base, [...supportBanner(context), ...alerts])
  return {
    ...around,
    tenant: around.tenant && { ...around.tenant, service: translator(language)('office.brand') },
    nav: staff ? officeNavigation(base, staff.role, section) : [],
    phoneNav: 'menu',
    menu: [{ label: 'office.families_pages', href: `/${tenant.slug}/` }],
  }
}

/** Whoever looks over an operator's shoulder sees at once whose work this is, and until when. */
function supportBanner({ var: { support, language } }: PageContext): Alert[] {
  if (!support) return []
  const t = translator(language)
  const role = t(`office.role.${support.role}`)
  return [
    { kind: 'warning', text: t('support.banner', { role, until: formatDateTime(support.until, language) }) },
  ]
}

/** Fills a page of the office and answers it. */
export function page<Name extends keyof OfficeViews>(
  parts: OfficeParts,
  context: PageContext,
  name: Name,
  view: OfficeViews[Name],
  status?: PageStatus,
): Response {
  return answerPage(parts, context, name, view, status)
}
