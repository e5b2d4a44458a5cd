import type { SecondStepViews } from '#pages/second-step.ts'
import type { CalendarView } from './calendar.ts'
import type { AttendanceView, ChargesView, ClassListView, KitchenView } from './meals.ts'
import type {
  ApprovalsView,
  ApprovalView,
  CorrectionView,
  TillEntryView,
  TillReceiptView,
  TillView,
  WalletStateView,
} from './books.ts'
import type { ChildView, WalletView } from './child.ts'
import type { ChildDietView, DietCertificatesView } from './diets.ts'
import type { EnrolmentRequestsView, EnrolmentRequestView } from './enrolments.ts'
import type { OfficeSignInView } from './entrance.ts'
import type { AccountCodeView, AccountsView, ChildRequestView, ChildRequestsView } from './families.ts'
import type { ImportColumnsView, ImportNewView, ImportsView, ImportView } from './imports.ts'
import type { OfficeLeafletView } from './leaflet.ts'
import type { LowCreditView, OverviewView } from './overview.ts'
import type {
  AppearanceView,
  CategoriesView,
  ChannelsView,
  IdentityStateView,
  OnboardingView,
  RehearsalView,
  SettingsFormView,
} from './onboarding.ts'
import type { PaymentDossierView, PaymentsListView, SuspenseView } from './payments.ts'
import type {
  BankView,
  DifferencesView,
  DifferenceView,
  FlowsView,
  FlowView,
  ReconciliationView,
} from './reconciliation.ts'
import type { MenuView } from './menus.ts'
import type { MergeView } from './merge.ts'
import type { RolloverView } from './rollover.ts'
import type {
  ChildCodeView,
  ChildFileView,
  ChildrenView,
  NewChildView,
  SchoolsView,
  SchoolView,
} from './schools.ts'
import type {
  AuditLogView,
  ColleagueView,
  JoinView,
  StaffResetView,
  StaffView,
  SupportView,
} from './staff.ts'
import type { StaffTokensView, StaffTokenView } from './tokens.ts'
import type { ChildTariffView, SiblingsView, TariffPreviewView, TariffsView, TariffView } from './tariffs.ts'

/** Every page of the office and what it shows. A page's template is `templates/pages/<name>.hbs`. */
export interface OfficeViews extends SecondStepViews {
  readonly 'office/sign-in': OfficeSignInView
  readonly 'office/overview': OverviewView
  readonly 'office/low-credit': LowCreditView
  readonly 'office/payments': PaymentsListView
  readonly 'office/payment': PaymentDossierView
  readonly 'office/suspense': SuspenseView
  readonly 'office/accounts': AccountsView
  readonly 'office/account-code': AccountCodeView
  readonly 'office/child-requests': ChildRequestsView
  readonly 'office/child-request': ChildRequestView
  readonly 'office/child': ChildView
  readonly 'office/enrolment-requests': EnrolmentRequestsView
  readonly 'office/enrolment-request': EnrolmentRequestView
  readonly 'office/schools': SchoolsView
  readonly 'office/school': SchoolView
  readonly 'office/rollover': RolloverView
  readonly 'office/merge': MergeView
  readonly 'office/children': ChildrenView
  readonly 'office/child-new': NewChildView
  readonly 'office/child-code': ChildCodeView
  readonly 'office/child-file': ChildFileView
  readonly 'office/tariffs': TariffsView
  readonly 'office/tariff': TariffView
  readonly 'office/tariff-preview': TariffPreviewView
  readonly 'office/child-tariff': ChildTariffView
  readonly 'office/siblings': SiblingsView
  readonly 'office/wallet': WalletView
  readonly 'office/correction': CorrectionView
  readonly 'office/wallet-state': WalletStateView
  readonly 'office/till-entry': TillEntryView
  readonly 'office/till': TillView
  readonly 'office/till-receipt': TillReceiptView
  readonly 'office/approvals': ApprovalsView
  readonly 'office/approval': ApprovalView
  readonly 'office/attendance': AttendanceView
  readonly 'office/class-list': ClassListView
  readonly 'office/child-diet': ChildDietView
  readonly 'office/diet-certificates': DietCertificatesView
  readonly 'office/menu': MenuView
  readonly 'office/kitchen': KitchenView
  readonly 'office/calendar': CalendarView
  readonly 'office/charges': ChargesView
  readonly 'office/reconciliation': ReconciliationView
  readonly 'office/flows': FlowsView
  readonly 'office/flow': FlowView
  readonly 'office/differences': DifferencesView
  readonly 'office/difference': DifferenceView
  readonly 'office/bank': BankView
  readonly 'office/leaflet': OfficeLeafletView
  readonly 'office/imports': ImportsView
  readonly 'office/import-new': ImportNewView
  readonly 'office/import-columns': ImportColumnsView
  readonly 'office/import': ImportView
  readonly 'office/staff': StaffView
  readonly 'office/staff-reset': StaffResetView
  readonly 'office/staff-tokens': StaffTokensView
  readonly 'office/staff-token': StaffTokenView
  readonly 'office/colleague': ColleagueView
  readonly 'office/join': JoinView
  readonly 'office/support': SupportView
  readonly 'office/audit-log': AuditLogView
  readonly 'office/onboarding': OnboardingView
  readonly 'office/rehearsal': RehearsalView
  readonly 'office/settings-form': SettingsFormView
  readonly 'office/appearance': AppearanceView
  readonly 'office/categories': CategoriesView
  readonly 'office/channels': ChannelsView
  readonly 'office/identity-state': IdentityStateView
}
