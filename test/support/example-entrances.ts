import { exampleSchemes } from './example-identity.ts'
import type { Example, Frame } from './example-views.ts'

/** The pages before sign-in, and the fault page. */
export function exampleEntrances(frame: Frame, base: string): readonly Example[] {
  const outside = frame(null, { signedOut: true })
  const nowhere = { ...outside, tenant: null, base: '' }
  const passwordEnds = { until: '2026-12-31', daysLeft: 38 }
  const entity = { name: 'Comune di Cassano Magnago', service: 'Mensa scolastica', href: '/cassano/' }
  const signIn = {
    ...outside,
    schemes: exampleSchemes,
    password: { until: '2026-12-31' },
    passwordEnds,
    passwordEndedOn: null,
    registrationOpen: true,
    values: { username: '' },
    errors: {},
    forApp: false,
    next: `${base}/pagamenti`,
  } as const
  return [
    {
      name: 'choose-entity',
      page: 'choose-entity',
      view: {
        ...nowhere,
        query: 'cassano',
        results: [
          { ...entity, logoHref: outside.tenant?.logoHref ?? null },
          { ...entity, name: 'Comune di Cassano Valdorata', href: '/cassano-valdorata/', logoHref: null },
        ],
        errors: {},
      },
    },
    {
      name: 'choose-entity-none',
      page: 'choose-entity',
      view: { ...nowhere, query: '1287764116', results: [], errors: {} },
    },
    {
      name: 'welcome',
      page: 'welcome',
      view: {
        ...outside,
        activationCode: '1287764115',
        registrationOpen: true,
        pagopaOnly: { from: '2022-04-01', inForce: true },
        passwordEnds,
        channels: [
          { label: 'PAGA ONLINE', note: 'Carta, conto o app, subito', icon: 'it-card' },
          { label: 'PAGA PRESSO PSP', note: 'Avviso per banca, posta, tabaccaio', icon: 'it-file-pdf-ext' },
          { label: 'CODICE AL TABACCAIO', note: 'Senza avviso, con il QR di tuo figlio', icon: 'qr-code' },
        ],
        hasMenus: true,
      },
    },
    { name: 'sign-in', page: 'sign-in', view: signIn },
    {
      name: 'sign-in-wrong',
      page: 'sign-in',
      view: {
        ...signIn,
        passwordEnds: null,
        values: { username: 'elena' },
        errors: { username: 'Il nome utente o la password non corrispondono.' },
      },
    },
    {
      name: 'register',
      page: 'register',
      view: {
        ...outside,
        values: {
          firstName: 'Elena',
          lastName: 'Ferrari',
          email: 'elena',
          fiscalCode: '',
          username: 'elena',
        },
        errors: {
          email: 'Scrivi un indirizzo come nome@esempio.it.',
          consent: 'Senza questo non possiamo continuare.',
        },
        passwordMinimum: 12,
      },
    },
    {
      name: 'error',
      page: 'error',
      view: {
        ...frame(null),
        status: 409,
        title: 'La pagina è scaduta',
        detail: 'Il modulo è rimasto aperto a lungo o era già stato inviato. Niente è andato perso.',
        kind: 'warning',
        requestId: '019ab2c4-7f00-7cc3-98c4-dc0c0c07398f',
        wayOut: { href: `${base}/ricarica`, label: 'back' },
      },
    },
    {
      name: 'error-nowhere',
      page: 'error',
      view: {
        ...nowhere,
        status: 404,
        title: 'Pagina non trovata',
        detail: 'L’indirizzo non esiste, oppure non è tuo.',
        kind: 'danger',
        requestId: '019ab2c4-7f00-7cc3-98c4-dc0c0c073990',
        wayOut: { href: '/', label: 'choose_entity' },
      },
    },
  ]
}
