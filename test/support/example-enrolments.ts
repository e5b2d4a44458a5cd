import type { Translate } from '#core/i18n.ts'
import type { EnrolmentsView } from '../../src/portal/views/wallet.ts'
import { at, badge, type OfficeExample, type OfficeFrame } from './example-office.ts'

const classes = [
  {
    school: 'Scuola primaria Dante Alighieri',
    classes: [
      { value: '1', label: '1ª A', selected: true },
      { value: '2', label: '2ª A', selected: false },
    ],
  },
]

/** What the portal's page of enrolments shows where the office decides. */
export const exampleAsked: Pick<EnrolmentsView, 'asks' | 'asked' | 'noteMaximum' | 'classes'> = {
  asks: true,
  asked: [
    {
      id: 'request-1',
      childName: 'Nina Colombo',
      initials: 'NC',
      service: 'Mensa scolastica',
      askedOn: '2026-11-20',
      state: 'documents',
      answer: 'Serve il certificato per la dieta.',
      hasReplied: false,
    },
    {
      id: 'request-2',
      childName: 'Ada Colombo',
      initials: 'AC',
      service: 'Mensa scolastica',
      askedOn: '2026-11-19',
      state: 'pending',
      answer: null,
      hasReplied: true,
    },
  ],
  noteMaximum: 500,
  classes,
}

/** The office's pages about enrolments that parents ask for. */
export function exampleRequests(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const row = {
    href: `${base}/iscrizioni/1`,
    askedAt: at,
    childName: 'Nina De Benedictis Colombo',
    place: 'Scuola primaria Dante Alighieri, 1ª A',
    service: 'Mensa scolastica',
    parentName: 'Elena Ferrari',
    state: badge(t('enrolment_requests.state.pending'), 'open'),
  }
  const waits = badge(t('enrolment_requests.state.documents'), 'waiting')
  const list = { ...frame('enrolments'), rows: [row, { ...row, state: waits }] }
  const one = {
    ...frame('enrolments'),
    parentHref: `${base}/iscrizioni`,
    href: `${base}/iscrizioni/1`,
    askedAt: at,
    parentName: 'Elena Ferrari',
    childName: row.childName,
    fiscalCode: 'CLMNNI20A41Z999X',
    place: row.place,
    service: row.service,
    schoolYear: '2026/2027',
    wanted: 'Serve il certificato per la dieta.',
    reply: 'L’ho consegnato allo sportello il 20 novembre.',
    found: [
      { id: 'child-9', name: 'Nina Colombo', place: row.place, href: `${base}/alunni/9/scheda`, sure: true },
    ],
    classes,
    search: '',
    wordsMaximum: 500,
    values: { child: '', text: '', reason: '' },
    errors: {},
  }
  return [
    { name: 'office-enrolments', page: 'office/enrolment-requests', view: list },
    { name: 'office-enrolments-none', page: 'office/enrolment-requests', view: { ...list, rows: [] } },
    { name: 'office-enrolment', page: 'office/enrolment-request', view: one },
    {
      name: 'office-enrolment-wrong',
      page: 'office/enrolment-request',
      view: {
        ...one,
        wanted: null,
        reply: null,
        fiscalCode: null,
        found: [],
        classes: [],
        errors: {
          child: t('enrolment_requests.error.child'),
          reason: t('enrolment_requests.error.reason', { maximum: 500 }),
        },
      },
    },
  ]
}
