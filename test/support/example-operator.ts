import { translator, type Language } from '#core/i18n.ts'
import type { AssetPaths } from '#pages/assets.ts'
import { setUpFacts } from '#pages/second-step.ts'
import type { PageView } from '#pages/view.ts'
import { operatorNavigation, type OperatorSection } from '../../src/operator/frame.ts'
import type { OperatorViews } from '../../src/operator/views/pages.ts'
import { exampleEntities } from './example-entities.ts'
import { at } from './example-office.ts'
import { carriedOf } from './example-staff.ts'

/** A page of who runs the installation as a name and a view, to render and to look at. */
export type OperatorExample = {
  [Page in keyof OperatorViews]: {
    readonly name: string
    readonly page: Page
    readonly view: OperatorViews[Page]
  }
}[keyof OperatorViews]

/** Every page of who runs the installation: they belong to no entity. */
export function exampleOperator(language: Language, assets: AssetPaths): readonly OperatorExample[] {
  const t = translator(language)
  const frame = (section: OperatorSection | null): PageView => ({
    language,
    languages: ['it', 'en'],
    tenant: null,
    base: '/gestione',
    viewer: { firstName: 'Gilda Gestori', name: 'Gilda Gestori', initials: 'GG' },
    nav: operatorNavigation(section),
    phoneNav: 'menu',
    menu: [],
    formToken: 'form-token-of-an-example',
    alerts: [],
    assets,
  })
  const outside = { ...frame(null), viewer: null, nav: [] }
  const facts = setUpFacts(carriedOf('gilda'), { issuer: 'Borsellino', language })
  const created = {
    at,
    what: t('operator_audit.operator.created'),
    how: '',
    who: t('operator.audit.command'),
    about: 'Gilda Gestori',
  }
  const moved = {
    ...created,
    what: t('operator_audit.tenant.state_changed'),
    how: `${t('operator.state.live')} → ${t('operator.state.suspended')}`,
    who: 'Gilda Gestori',
    about: 'Comune di Cassano Magnago',
  }
  const signedIn = {
    at,
    what: t('operator_audit.sign_in.succeeded'),
    how: '',
    who: 'Gilda Gestori',
    about: '',
  }
  return [
    {
      name: 'operator-sign-in',
      page: 'operator/sign-in',
      view: {
        ...outside,
        values: { username: 'gilda' },
        errors: { username: 'Il nome utente o la password non corrispondono.' },
        next: null,
      },
    },
    {
      name: 'operator-second-step',
      page: 'second-step',
      view: { ...outside, step: 'token-of-an-example', recovery: false, errors: {} },
    },
    {
      name: 'operator-second-step-setup',
      page: 'second-step-setup',
      view: {
        ...outside,
        ...facts,
        newPassword: { minimum: 10, maximum: 200 },
        errors: { repeated: t('second_factor.setup.error_repeated') },
      },
    },
    ...exampleEntities(frame, t),
    {
      name: 'operator-audit-log',
      page: 'operator/audit-log',
      view: { ...frame('audit'), rows: [signedIn, moved, created], nextHref: '?dopo=1', firstHref: null },
    },
  ]
}
