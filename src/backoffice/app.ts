import { Hono } from 'hono'
import { DomainError } from '#core/errors.ts'
import type { PageEnv } from '#pages/context.ts'
import { faultPage } from '#pages/fault-page.ts'
import { chooseLanguage, identify, sameOrigin, securityHeaders, withTenant } from '#pages/middleware.ts'
import { type OfficeApp } from './access.ts'
import { OFFICE_PATH } from './routes.ts'
import { officeOf, type OfficeParts } from './context.ts'
import { frame } from './frame.ts'
import { supportSession } from './support-session.ts'
import { approvalRoutes } from './pages/approvals.ts'
import { auditLogRoutes } from './pages/audit-log.ts'
import { accountRoutes } from './pages/accounts.ts'
import { attendanceRoutes } from './pages/attendance.ts'
import { bankRoutes } from './pages/bank.ts'
import { childRequestRoutes } from './pages/child-requests.ts'
import { calendarRoutes } from './pages/calendar.ts'
import { chargeRoutes } from './pages/charges.ts'
import { childRoutes } from './pages/child.ts'
import { colleagueRoutes } from './pages/colleague.ts'
import { childDietRoutes } from './pages/child-diet.ts'
import { dietCertificateRoutes } from './pages/diet-certificates.ts'
import { childFileRoutes } from './pages/child-file.ts'
import { childrenRoutes } from './pages/children.ts'
import { childWalletRoutes } from './pages/child-wallet.ts'
import { correctionRoutes } from './pages/correction.ts'
import { classListRoutes } from './pages/class-list.ts'
import { differenceRoutes } from './pages/differences.ts'
import { enrolmentRequestRoutes } from './pages/enrolment-requests.ts'
import { entranceRoutes } from './pages/entrance.ts'
import { flowRoutes } from './pages/flows.ts'
import { leafletRoutes } from './pages/leaflet.ts'
import { importRoutes } from './pages/import.ts'
import { importsRoutes } from './pages/imports.ts'
import { menuRoutes } from './pages/menus.ts'
import { mergeRoutes } from './pages/merge-children.ts'
import { lowCreditRoutes } from './pages/low-credit.ts'
import { onboardingRoutes } from './pages/onboarding/routes.ts'
import { kitchenRoutes } from './pages/kitchen.ts'
import { overviewRoutes } from './pages/overview.ts'
import { paymentRoutes } from './pages/payment.ts'
import { paymentsRoutes } from './pages/payments.ts'
import { reconciliationRoutes } from './pages/reconciliation.ts'
import { rolloverRoutes } from './pages/rollover.ts'
import { schoolRoutes } from './pages/school.ts'
import { schoolsRoutes } from './pages/schools.ts'
import { siblingRoutes } from './pages/siblings.ts'
import { staffRoutes } from './pages/staff.ts'
import { supportRoutes } from './pages/support.ts'
import { suspenseRoutes } from './pages/suspense.ts'
import { childTariffRoutes } from './pages/child-tariff.ts'
import { tariffRoutes } from './pages/tariff.ts'
import { tariffsRoutes } from './pages/tariffs.ts'
import { tillRoutes } from './pages/till.ts'
import { tokenRoutes } from './pages/tokens.ts'
import { walletStateRoutes } from './pages/wallet-state.ts'

/**
 * The pages of an entity's staff, under `/{slug}/ufficio/`. An entity has its office before it goes live, and as long
 * as it is not closed.
 */
export function createOffice(parts: OfficeParts): OfficeApp {
  const app = new Hono<PageEnv>()
  app.onError((error, context) => {
    const { tenant } = context.var
    const around = tenant ? { base: officeOf(tenant), frame: frame(parts, context, null) } : undefined
    return faultPage(parts, context, error, around)
  })
  const known = withTenant(parts, 'office', [])
  app.use(`${OFFICE_PATH}/*`, identify, securityHeaders(parts), sameOrigin(parts), chooseLanguage, known)
  app.use(`${OFFICE_PATH}/*`, supportSession(parts))
  const all = [
    entranceRoutes,
    overviewRoutes,
    lowCreditRoutes,
    paymentsRoutes,
    paymentRoutes,
    suspenseRoutes,
    // Before one child's page, whose address takes in every word behind the list's.
    childrenRoutes,
    childFileRoutes,
    childRoutes,
    childWalletRoutes,
    correctionRoutes,
    tillRoutes,
    walletStateRoutes,
    approvalRoutes,
    childRequestRoutes,
    enrolmentRequestRoutes,
    accountRoutes,
    schoolsRoutes,
    schoolRoutes,
    rolloverRoutes,
    mergeRoutes,
    siblingRoutes,
    tariffsRoutes,
    tariffRoutes,
    childTariffRoutes,
    childDietRoutes,
    dietCertificateRoutes,
    attendanceRoutes,
    classListRoutes,
    calendarRoutes,
    kitchenRoutes,
    menuRoutes,
    chargeRoutes,
    reconciliationRoutes,
    flowRoutes,
    differenceRoutes,
    bankRoutes,
    leafletRoutes,
    importsRoutes,
    importRoutes,
    staffRoutes,
    // Before one colleague's page, whose address takes in every word behind the list's.
    tokenRoutes,
    colleagueRoutes,
    supportRoutes,
    auditLogRoutes,
    onboardingRoutes,
  ]
  for (const routes of all) routes(app, parts)
  app.all(`${OFFICE_PATH}/*`, () => {
    throw new DomainError('resource.not_found')
  })
  return app
}
