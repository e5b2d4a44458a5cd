import { answerPage, emptyFrame, frameOf, type PageStatus } from '#pages/frame.ts'
import type { PageView } from '#pages/view.ts'
import type { LoginContext, LoginParts } from './context.ts'
import type { LoginViews } from './views.ts'

/** What surrounds a page on the way in: the entity's look without menus, or none where no entity is known. */
export function frame(parts: LoginParts, context: LoginContext): PageView {
  const { tenant } = context.var
  if (!tenant) return emptyFrame(parts, context)
  return { ...frameOf(parts, context, `/${tenant.slug}`, []), nav: [], phoneNav: 'bar', menu: [] }
}

/** Fills a page of the login face and answers it. */
export function page<Name extends keyof LoginViews>(
  parts: LoginParts,
  context: LoginContext,
  name: Name,
  view: LoginViews[Name],
  status?: PageStatus,
): Response {
  return answerPage(parts, context, name, view, status)
}
