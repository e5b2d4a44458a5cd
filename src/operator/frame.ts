import { answerPage, emptyFrame, type PageStatus } from '#pages/frame.ts'
import { initials, type Alert, type NavItem, type PageView } from '#pages/view.ts'
import { OPERATOR_PATH, type OperatorContext, type OperatorParts } from './context.ts'
import type { OperatorViews } from './views/pages.ts'

/** The main menu. */
const SECTIONS = {
  entities: { path: '/', icon: 'it-pa' },
  jobs: { path: '/lavori', icon: 'it-list' },
  audit: { path: '/registro', icon: 'it-clock' },
} as const
export type OperatorSection = keyof typeof SECTIONS

/** The main menu, as an operator sees it. */
export function operatorNavigation(current: OperatorSection | null): NavItem[] {
  return Object.entries(SECTIONS).map(([key, { path, icon }]) => ({
    label: `operator.nav.${key}`,
    short: `operator.nav.${key}`,
    href: OPERATOR_PATH + path,
    icon,
    current: key === current,
    items: [],
  }))
}

/** What every page of the installation has around its content. It has no entity's name and colour. */
export function frame(
  parts: OperatorParts,
  context: OperatorContext,
  section: OperatorSection | null,
  alerts: readonly Alert[] = [],
): PageView {
  const { operator } = context.var
  return {
    ...emptyFrame(parts, context),
    base: OPERATOR_PATH,
    viewer: operator
      ? { firstName: operator.name, name: operator.name, initials: initials(operator.name) }
      : null,
    nav: operator ? operatorNavigation(section) : [],
    phoneNav: 'menu',
    alerts,
    formToken: parts.forms.issue(operator?.operatorId ?? ''),
  }
}

/** Fills a page and answers it. */
export function page<Name extends keyof OperatorViews>(
  parts: OperatorParts,
  context: OperatorContext,
  name: Name,
  view: OperatorViews[Name],
  status?: PageStatus,
): Response {
  return answerPage(parts, context, name, view, status)
}
