import type { Translate } from '#core/i18n.ts'
import { badge, type OfficeExample, type OfficeFrame } from './example-office.ts'
import type { Example, Frame } from './example-views.ts'

const recorded = { certificateUntil: null, certificateEnds: false, hasNote: false, note: null }

/** What a child does not eat, as the office sees it. */
export function exampleDiets(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const view = {
    ...frame('children'),
    parentHref: `${base}/alunni`,
    href: `${base}/alunni/1`,
    name: 'Maria Antonietta De Benedictis Colombo',
    diets: [
      {
        ...recorded,
        id: 'diet-1',
        kind: t('diets.kind.nut-free'),
        state: badge(t('diets.state.holds'), 'paid' as const),
        validFrom: '2026-09-14',
        validUntil: '2027-07-31',
        certificateUntil: '2026-12-31',
        certificateEnds: true,
        hasNote: true,
      },
      {
        ...recorded,
        id: 'diet-2',
        kind: t('diets.kind.no-pork'),
        state: badge(t('diets.state.later'), 'waiting' as const),
        validFrom: '2027-01-07',
        validUntil: '2027-07-31',
        hasNote: true,
        note: 'Anche niente gelatina nei dolci',
      },
      {
        ...recorded,
        id: 'diet-3',
        kind: t('diets.kind.bland'),
        state: badge(t('diets.state.over'), 'plain' as const),
        validFrom: '2026-10-05',
        validUntil: '2026-10-09',
      },
    ],
    groups: [
      {
        label: t('diets.group.health'),
        kinds: [{ value: 'gluten-free', label: t('diets.kind.gluten-free'), selected: false }],
      },
      {
        label: t('diets.group.choice'),
        kinds: [{ value: 'vegan', label: t('diets.kind.vegan'), selected: true }],
      },
    ],
    noteMaximum: 300,
    values: { tipo: 'vegan', dal: '2026-11-24', al: '2027-07-31', certificato: '', nota: '' },
    errors: {},
  }
  return [
    { name: 'office-child-diet', page: 'office/child-diet', view },
    { name: 'office-child-diet-none', page: 'office/child-diet', view: { ...view, diets: [] } },
    {
      name: 'office-child-diet-errors',
      page: 'office/child-diet',
      view: {
        ...view,
        values: { tipo: '', dal: '2026-11-24', al: 'mai', certificato: '', nota: '' },
        errors: { tipo: t('diets.error.kind'), al: t('meals.error.day') },
      },
    },
    {
      name: 'office-child-diet-change-errors',
      page: 'office/child-diet',
      view: { ...view, errors: { cambia: t('fault.diet.wrong_days.detail') } },
    },
    ...exampleCertificates(frame, base, t),
  ]
}

/** Certificates that have ended, end soon, and of a child that is in no class. */
function exampleCertificates(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const row = {
    href: `${base}/alunni/1/dieta`,
    name: 'De Benedictis Colombo Maria Antonietta',
    school: 'Scuola primaria Dante Alighieri',
    className: '3ª B',
    kind: t('diets.kind.nut-free'),
    certificateUntil: '2026-11-20',
    validUntil: '2027-07-31',
    state: badge(t('diets.certificates.state.ended'), 'failed'),
  }
  const soon = {
    ...row,
    certificateUntil: '2026-12-10',
    state: badge(t('diets.certificates.state.soon'), 'open'),
  }
  const unplaced = { ...soon, name: 'Provetti Nina', school: '', className: '' }
  const view = {
    ...frame('certificates'),
    until: '2026-12-24',
    total: 3,
    rows: [row, soon, unplaced],
    nextHref: '?dopo=1',
    firstHref: '?',
  }
  const none = { ...view, total: 0, rows: [], nextHref: null, firstHref: null }
  return [
    { name: 'office-diet-certificates', page: 'office/diet-certificates', view },
    { name: 'office-diet-certificates-none', page: 'office/diet-certificates', view: none },
  ]
}

/** The diets of one's children. */
export function exampleOwnDiets(frame: Frame, t: Translate): readonly Example[] {
  const diet = {
    ...recorded,
    validFrom: '2026-09-14',
    validUntil: '2027-07-31',
    isLater: false,
  }
  const children = [
    {
      firstName: 'Sofia',
      diets: [
        {
          ...diet,
          id: 'diet-1',
          kind: t('diets.kind.nut-free'),
          certificateUntil: '2026-12-10',
          certificateEnds: true,
          hasNote: true,
        },
        {
          ...diet,
          id: 'diet-2',
          kind: t('diets.kind.no-pork'),
          validFrom: '2027-01-07',
          isLater: true,
          hasNote: true,
          note: 'Anche niente gelatina nei dolci',
        },
      ],
    },
    { firstName: 'Luca', diets: [] },
  ]
  const contacts = { office: 'Ufficio Scuola', phone: '0331 000000', email: 'scuola@comune.example.it' }
  const view = { ...frame(null), children, contacts }
  return [
    { name: 'diets', page: 'diets', view },
    {
      name: 'diets-none',
      page: 'diets',
      view: { ...view, children: [], contacts: { office: null, phone: null, email: null } },
    },
  ]
}
