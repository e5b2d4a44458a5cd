import type { IdentityChoice } from '#pages/identity-choice.ts'
import type { Example, Frame } from './example-views.ts'

/** SPID with several providers, CIE with its one. */
export const exampleSchemes: readonly IdentityChoice[] = [
  {
    id: 'spid',
    label: 'SPID',
    icon: 'spid',
    providers: ['Identità Immaginaria', 'Poste di Fantasia', 'Firma Inventata'].map((name, index) => ({
      name,
      href: `/cassano/accedi/spid?idp=https%3A%2F%2Fidp-${index}.example.it`,
    })),
    links: [
      { text: 'more', href: 'https://www.spid.gov.it' },
      { text: 'get', href: 'https://www.spid.gov.it/richiedi-spid' },
      { text: 'help', href: 'https://www.spid.gov.it/serve-aiuto' },
    ],
  },
  {
    id: 'cie',
    label: 'CIE',
    icon: 'cie',
    providers: [
      { name: 'Ministero dell’Interno', href: '/cassano/accedi/cie?idp=https%3A%2F%2Fcie.example.it' },
    ],
    links: [{ text: 'more', href: 'https://www.cartaidentita.interno.gov.it' }],
  },
]

/** The pages around SPID and CIE. */
export function exampleIdentity(frame: Frame, base: string): readonly Example[] {
  const outside = frame(null, { signedOut: true })
  const inside = frame(null)
  const ends = { until: '2026-12-06', daysLeft: 8 }
  const signIn = {
    ...outside,
    schemes: exampleSchemes,
    registrationOpen: false,
    passwordEndedOn: null,
    forApp: false,
    values: { username: '' },
    errors: {},
    next: null,
  }
  return [
    { name: 'sign-in-after', page: 'sign-in', view: { ...signIn, password: null, passwordEnds: null } },
    {
      name: 'sign-in-nothing',
      page: 'sign-in',
      view: { ...signIn, schemes: [], password: null, passwordEnds: null },
    },
    {
      name: 'goodbye-password',
      page: 'goodbye-password',
      view: { ...inside, schemes: exampleSchemes, ends, next: `${base}/` },
    },
    {
      name: 'first-steps',
      page: 'first-steps',
      view: { ...inside, passwordOpen: true, values: { username: '' }, errors: {} },
    },
    {
      name: 'first-steps-wrong',
      page: 'first-steps',
      view: {
        ...inside,
        passwordOpen: false,
        values: { username: '' },
        errors: { code: 'Nessun profilo ha questo codice, oppure è scaduto o già usato.' },
      },
    },
    { name: 'access-help', page: 'access-help', view: { ...outside, passwordOpen: true } },
    {
      name: 'login-departure',
      page: 'login/departure',
      view: {
        ...outside,
        provider: 'Poste di Fantasia',
        action: 'https://idp.example.it/sso',
        fields: [{ name: 'SAMLRequest', value: 'PHNhbWxwOkF1dGhuUmVxdWVzdC8+' }],
      },
    },
    { name: 'login-signed-out', page: 'login/signed-out', view: outside },
    {
      name: 'login-refused',
      page: 'login/refused',
      view: {
        ...outside,
        title: 'Hai annullato l’accesso',
        text: 'Non è successo niente: puoi ricominciare quando vuoi.',
        retry: { label: 'Poste di Fantasia', href: `${base}/accedi/spid?idp=x` },
        others: [{ label: 'CIE', href: `${base}/accedi` }],
        back: { label: 'back', href: `${base}/accedi` },
        help: '0331 000 000',
        requestId: '019ab2c4-7f00-7cc3-98c4-dc0c0c073991',
      },
    },
    {
      name: 'login-refused-nowhere',
      page: 'login/refused',
      view: {
        ...outside,
        tenant: null,
        base: '',
        title: 'Questa pagina non vale più',
        text: 'Ricomincia dalla pagina di accesso.',
        retry: null,
        others: [],
        back: { label: 'choose_entity', href: '/' },
        help: null,
        requestId: '019ab2c4-7f00-7cc3-98c4-dc0c0c073992',
      },
    },
  ]
}
