import { Hono } from 'hono'
import { DomainError } from '#core/errors.ts'
import type { PageEnv } from '#pages/context.ts'
import { faultPage } from '#pages/fault-page.ts'
import {
  chooseLanguage,
  FORM_MAX_BYTES,
  identify,
  limitBody,
  sameOrigin,
  securityHeaders,
  withTenant,
} from '#pages/middleware.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from './context.ts'
import { frame } from './frame.ts'
import { appChoiceRoutes, appSignInRoutes } from './pages/app-sign-in.ts'
import { absenceRoutes } from './pages/absences.ts'
import { acceptInvitationRoutes } from './pages/accept-invitation.ts'
import { childRequestRoutes } from './pages/child-request.ts'
import { dietRoutes } from './pages/diets.ts'
import { entranceRoutes } from './pages/entrance.ts'
import { chooseEntityRoutes } from './pages/choose-entity.ts'
import { enrolmentRoutes } from './pages/enrolments.ts'
import { firstStepsRoutes } from './pages/first-steps.ts'
import { goodbyePasswordRoutes } from './pages/goodbye-password.ts'
import { emailAddressRoutes } from './pages/email-address.ts'
import { homeRoutes } from './pages/home.ts'
import { invitationRoutes } from './pages/invitations.ts'
import { leafletRoutes } from './pages/leaflet.ts'
import { menuRoutes } from './pages/menu.ts'
import { movementRoutes } from './pages/movements.ts'
import { noticeRoutes } from './pages/notice.ts'
import { passwordResetRoutes } from './pages/password-reset.ts'
import { paymentCodeRoutes } from './pages/payment-codes.ts'
import { paymentRoutes } from './pages/payment.ts'
import { paymentsRoutes } from './pages/payments.ts'
import { profileRoutes } from './pages/profile.ts'
import { returnRoutes } from './pages/return.ts'
import { topUpRoutes } from './pages/top-up.ts'
import { verifyRoutes } from './pages/verify.ts'

/** The parents' pages: `/` to choose the entity, `/{slug}/…` for each. */
export function createPortal(parts: PortalParts): PortalApp {
  const app = new Hono<PageEnv>()
  app.use(identify, securityHeaders(parts), sameOrigin(parts), limitBody(FORM_MAX_BYTES), chooseLanguage)
  app.onError((error, context) => fault(parts, context, error))
  app.notFound((context) => fault(parts, context as PortalContext, new DomainError('resource.not_found')))
  chooseEntityRoutes(app, parts)
  returnRoutes(app, parts)
  appSignInRoutes(app, parts)
  const known = withTenant(parts, 'portal', ['draft'])
  app.use('/:slug', known)
  app.use('/:slug/*', known)
  entranceRoutes(app, parts)
  goodbyePasswordRoutes(app, parts)
  firstStepsRoutes(app, parts)
  passwordResetRoutes(app, parts)
  emailAddressRoutes(app, parts)
  appChoiceRoutes(app, parts)
  verifyRoutes(app, parts)
  leafletRoutes(app, parts)
  const own = [
    homeRoutes,
    topUpRoutes,
    noticeRoutes,
    paymentsRoutes,
    paymentRoutes,
    movementRoutes,
    absenceRoutes,
    dietRoutes,
    menuRoutes,
    paymentCodeRoutes,
    enrolmentRoutes,
    profileRoutes,
    childRequestRoutes,
    acceptInvitationRoutes,
    invitationRoutes,
  ]
  for (const routes of own) routes(app, parts)
  return app
}

function fault(parts: PortalParts, context: PortalContext, error: unknown): Response {
  const { tenant } = context.var
  const around = tenant ? { base: baseOf(tenant), frame: frame(parts, context, null) } : undefined
  return faultPage(parts, context, error, around)
}
