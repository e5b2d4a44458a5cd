import { DomainError } from '#core/errors.ts'
import { faultCodeOf, faultText } from '#core/fault-text.ts'
import type { PageContext, PageParts } from './context.ts'
import { answerPage, emptyFrame, type PageStatus } from './frame.ts'
import type { ErrorView, PageView } from './view.ts'

/** What a face puts around its faults. */
export interface FaultSurroundings {
  /** Where the face's pages of this entity begin. */
  base: string
  /** The face's frame of a page. */
  frame: PageView
}

/**
 * A fault as a page in plain words, with a way out and the request's id. Who must sign in first is led to the face's
 * sign-in page and back.
 * @param around the face's own frame; undefined where the fault came before the entity was known
 */
export function faultPage(
  parts: Pick<PageParts, 'services' | 'assets'>,
  context: PageContext,
  error: unknown,
  around: FaultSurroundings | undefined,
): Response {
  const { language, requestId } = context.var
  if (faultCodeOf(error) === 'sign_in.required' && around) {
    const { pathname, search } = new URL(context.req.url)
    return context.redirect(`${around.base}/accedi?poi=${encodeURIComponent(pathname + search)}`, 303)
  }
  const text = faultText(error, language ?? 'it')
  if (error instanceof DomainError && error.code === 'request.too_many')
    context.header('retry-after', String(error.details.seconds ?? 60))
  if (text.status >= 500)
    parts.services.log.error({ error, requestId, path: context.req.routePath }, 'request failed')
  const home = around ? `${around.base}/` : '/'
  const view: ErrorView = {
    ...(around ? around.frame : emptyFrame(parts, context)),
    status: text.status,
    title: text.title,
    detail: text.detail,
    kind: text.status >= 500 ? 'danger' : 'warning',
    requestId: requestId ?? '',
    wayOut:
      around && !around.frame.viewer
        ? { href: `${home}accedi`, label: 'sign_in' }
        : { href: home, label: around ? 'home' : 'choose_entity' },
  }
  return answerPage(parts, context, 'error', view, text.status as PageStatus)
}
