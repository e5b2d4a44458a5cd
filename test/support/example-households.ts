import type { OfficeExample, OfficeFrame } from './example-office.ts'
import type { Example, Frame } from './example-views.ts'

const at = new Date('2026-11-20T08:30:00Z')

/** The pages about people around a child, as parents and invited persons see them. */
export function exampleHouseholds(frame: Frame, base: string): readonly Example[] {
  const invitations = {
    ...frame(null),
    made: null,
    children: [
      {
        id: 'child-1',
        name: 'Sofia',
        initials: 'S',
        otherGuardians: 1,
        invitations: [
          {
            id: 'invitation-1',
            label: 'Nonna Berta',
            acceptedBy: 'BR',
            acceptedAt: at,
            codeUntil: null,
            until: '2027-07-31',
          },
          {
            id: 'invitation-2',
            label: 'La zia Maria Antonietta di Bressanone',
            acceptedBy: null,
            acceptedAt: null,
            codeUntil: '2026-12-04',
            until: '2026-12-31',
          },
        ],
      },
      { id: 'child-2', name: 'Luca', initials: 'L', otherGuardians: 0, invitations: [] },
    ],
    taken: [],
    choices: [
      { value: 'child-1', label: 'Sofia', selected: false },
      { value: 'child-2', label: 'Luca', selected: true },
    ],
    codeDays: 14,
    values: { label: '', until: '2027-07-31', email: '' },
    errors: {},
  } as const
  const invited = {
    childId: 'child-1',
    childName: 'Sofia',
    initials: 'S',
    categories: 'Mensa scolastica',
    until: '2027-07-31',
  }
  const asking = {
    firstName: 'Ada',
    lastName: 'Colombo',
    school: 'Primaria Dante',
    className: '1ª A',
    fiscalCode: 'ABC',
    note: '',
  }
  return [
    { name: 'invitations', page: 'invitations', view: invitations },
    {
      name: 'invitations-made',
      page: 'invitations',
      view: {
        ...invitations,
        made: {
          label: 'Nonna Berta',
          childName: 'Sofia',
          code: 'K7M2P-XQ94T',
          codeUntil: '2026-12-04',
          acceptAddress: `https://borsellino.example.org${base}/inviti/accetta`,
        },
        errors: { label: 'Scrivi chi inviti, al massimo 60 caratteri.' },
      },
    },
    {
      name: 'invitations-taken',
      page: 'invitations',
      view: {
        ...invitations,
        children: [],
        choices: [],
        taken: [{ id: 'invitation-1', childName: 'Sofia', until: '2027-07-31' }],
      },
    },
    {
      name: 'accept-invitation',
      page: 'accept-invitation',
      view: {
        ...frame(null),
        values: { code: 'K7M2P-XQ94T' },
        errors: { code: 'Questo codice non apre nessun invito.' },
      },
    },
    {
      name: 'child-request',
      page: 'child-request',
      view: {
        ...frame(null),
        parentHref: `${base}/iscrizioni`,
        noteMaximum: 300,
        values: asking,
        errors: { fiscalCode: 'Il codice fiscale non è giusto.' },
      },
    },
    {
      name: 'home-invited',
      page: 'home',
      view: {
        ...frame('home'),
        schoolYear: '2026/2027',
        cards: [],
        nothingYet: false,
        mayEnrol: true,
        invited: [invited],
        openNotices: [],
        emailToConfirm: null,
        paymentCodesOffered: false,
      },
    },
    {
      name: 'top-up-invited',
      page: 'top-up',
      view: {
        ...frame('top-up'),
        mode: 'single',
        minimumCents: 500n,
        maximumCents: 50_000n,
        paymentCodesOffered: false,
        children: [
          {
            id: 'child-1',
            name: 'Sofia',
            selected: true,
            credits: [{ category: 'REFEZIONE', label: 'Mensa scolastica', balanceCents: null }],
          },
        ],
        categories: [{ value: 'REFEZIONE', label: 'REFEZIONE · mensa scolastica', selected: true }],
        amounts: [
          { amountCents: 2500n, meals: null, selected: false },
          { amountCents: 5000n, meals: null, selected: true },
        ],
        otherSelected: false,
        suggested: '5000',
        otherAmount: '',
        summary: { amountCents: 5000n, balanceAfterCents: null },
        afterShown: false,
        severalOffered: false,
        channels: [
          {
            id: 'pagopa-online',
            label: 'PAGA ONLINE',
            note: 'Carta, conto, app',
            icon: 'it-card',
            offered: true,
          },
        ],
        errors: {},
      },
    },
  ]
}

/** The same people as the office sees them. */
export function exampleFamilies(frame: OfficeFrame, base: string): OfficeExample[] {
  const found = {
    id: 'child-1',
    name: 'Sofia De Benedictis Colombo',
    place: 'Primaria Dante, 3ª B',
    href: `${base}/alunni/1`,
    sure: true,
  }
  const row = {
    href: `${base}/richieste/1`,
    askedAt: at,
    childName: 'Sofia Colombo',
    place: 'Primaria Dante, 3ª B',
    parentName: 'Elena Ferrari',
  }
  const request = {
    ...frame('requests'),
    id: 'request-1',
    parentHref: `${base}/richieste`,
    parentName: 'Elena Ferrari',
    askedAt: at,
    childName: 'Sofia Colombo',
    school: 'Primaria Dante',
    className: '3ª B',
    fiscalCode: null,
    note: 'Ci siamo trasferiti a settembre, la lettera con il codice è andata al vecchio indirizzo.',
    found: [found, { ...found, id: 'child-2', name: 'Sofia Colombo', sure: false }],
    search: '',
    reasonMaximum: 300,
    values: { reason: '' },
    errors: {},
  }
  const accounts = {
    ...frame('accounts'),
    search: 'colombo',
    rows: [
      {
        id: 'account-1',
        name: 'Elena Ferrari',
        children: 'Luca Colombo, Sofia Colombo',
        ways: 'nome utente e password',
      },
      { id: 'account-2', name: 'Pio Colombo', children: '', ways: 'SPID o CIE dal 23/11/2026' },
    ],
  }
  return [
    { name: 'office-accounts', page: 'office/accounts', view: accounts },
    { name: 'office-accounts-none', page: 'office/accounts', view: { ...accounts, rows: [] } },
    {
      name: 'office-account-code',
      page: 'office/account-code',
      view: {
        ...frame('accounts'),
        code: 'PRVA2-CDE34',
        days: 14,
        pagesHref: 'https://mensa.example.it/cassano/accedi',
      },
    },
    {
      name: 'office-child-requests',
      page: 'office/child-requests',
      view: { ...frame('requests'), rows: [row, row], search: '', found: null },
    },
    {
      name: 'office-child-requests-found',
      page: 'office/child-requests',
      view: { ...frame('requests'), rows: [], search: 'colombo', found: [found] },
    },
    { name: 'office-child-request', page: 'office/child-request', view: request },
    {
      name: 'office-child-request-wrong',
      page: 'office/child-request',
      view: { ...request, found: [], search: 'rossi', errors: { reason: 'Scrivi il motivo.' } },
    },
  ]
}
