import type { ErrorView } from '#pages/view.ts'
import type { AbsencesView } from './absences.ts'
import type { DietsView } from './diets.ts'
import type {
  AccessHelpView,
  ChooseEntityView,
  FirstStepsView,
  GoodbyePasswordView,
  RegisterView,
  SignInView,
  WelcomeView,
} from './entrance.ts'
import type { HomeView } from './home.ts'
import type { AcceptInvitationView, ChildRequestView, InvitationsView } from './household.ts'
import type { LeafletPageView } from './leaflet.ts'
import type { MenuPageView } from './menu.ts'
import type { NoticeView, PaymentView, PaymentsView } from './payment.ts'
import type {
  EmailAddressView,
  EmailConfirmView,
  LinkNotValidView,
  PasswordForgottenView,
  PasswordNewView,
} from './passwords.ts'
import type { AppConfirmView, ProfileView } from './profile.ts'
import type { TopUpPausedView, TopUpView } from './top-up.ts'
import type { VerifyView } from './verify.ts'
import type { EnrolmentsView, MovementsView, PaymentCodesView } from './wallet.ts'

/** Every page of the portal and what it shows. A page's template is `templates/pages/<name>.hbs`. */
export interface PageViews {
  readonly 'choose-entity': ChooseEntityView
  readonly absences: AbsencesView
  readonly diets: DietsView
  readonly menu: MenuPageView
  readonly welcome: WelcomeView
  readonly 'sign-in': SignInView
  readonly register: RegisterView
  readonly 'goodbye-password': GoodbyePasswordView
  readonly 'first-steps': FirstStepsView
  readonly 'access-help': AccessHelpView
  readonly 'password-forgotten': PasswordForgottenView
  readonly 'password-new': PasswordNewView
  readonly 'email-address': EmailAddressView
  readonly 'email-confirm': EmailConfirmView
  readonly 'link-not-valid': LinkNotValidView
  readonly 'app-confirm': AppConfirmView
  readonly profile: ProfileView
  readonly home: HomeView
  readonly 'top-up': TopUpView
  readonly 'top-up-paused': TopUpPausedView
  readonly notice: NoticeView
  readonly payment: PaymentView
  readonly payments: PaymentsView
  readonly movements: MovementsView
  readonly 'payment-codes': PaymentCodesView
  readonly enrolments: EnrolmentsView
  readonly invitations: InvitationsView
  readonly 'accept-invitation': AcceptInvitationView
  readonly 'child-request': ChildRequestView
  readonly verify: VerifyView
  readonly leaflet: LeafletPageView
  readonly error: ErrorView
}
