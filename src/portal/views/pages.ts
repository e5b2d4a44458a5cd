import type { Templates } from '#core/templates.ts'
import type { ChooseEntityView, ErrorView, RegisterView, SignInView, WelcomeView } from './entrance.ts'
import type { HomeView } from './home.ts'
import type { NoticeView, PaymentView, PaymentsView } from './payment.ts'
import type { TopUpView } from './top-up.ts'
import type { VerifyView } from './verify.ts'
import type { EnrolmentsView, MovementsView, PaymentCodesView } from './wallet.ts'

/** Every page of the portal and what it shows. A page's template is `templates/pages/<name>.hbs`. */
export interface PageViews {
  readonly 'choose-entity': ChooseEntityView
  readonly welcome: WelcomeView
  readonly 'sign-in': SignInView
  readonly register: RegisterView
  readonly home: HomeView
  readonly 'top-up': TopUpView
  readonly notice: NoticeView
  readonly payment: PaymentView
  readonly payments: PaymentsView
  readonly movements: MovementsView
  readonly 'payment-codes': PaymentCodesView
  readonly enrolments: EnrolmentsView
  readonly verify: VerifyView
  readonly error: ErrorView
}

/** Fills a page in the language of its view. */
export function renderPage<Name extends keyof PageViews>(
  templates: Templates,
  name: Name,
  view: PageViews[Name],
): string {
  return templates.render(`pages/${name}`, view, view.language)
}
