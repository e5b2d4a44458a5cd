import type { Translate } from '#core/i18n.ts'
import type { OfficeExample, OfficeFrame } from './example-office.ts'

const years = [
  { value: '2026/2027', label: '2026/2027', selected: true },
  { value: '2027/2028', label: '2027/2028', selected: false },
]
const schoolYear = '2026/2027'
const longName = 'Maria Antonietta De Benedictis Colombo'

/** The pages about schools and children. */
export function exampleSchools(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const values = { name: '', code: '', address: '' }
  const classes = ['1ª A', '1ª B', '2ª A', '3ª A', '3ª B sperimentale a tempo lungo'].map((name, index) => ({
    name,
    children: 18 + index,
    href: `${base}/alunni?classe=${index}`,
  }))
  const school = {
    href: `${base}/scuole/1`,
    name: 'Scuola primaria Dante Alighieri',
    code: 'VAEE000001',
    address: 'Via Volta 4',
    isClosed: false,
    children: 100,
    classes,
  }
  const closed = { ...school, name: 'Infanzia Rodari', isClosed: true, address: '', children: 0, classes: [] }
  const schools = {
    ...frame('schools'),
    years,
    schoolYear,
    mayEdit: true,
    rolloverHref: `${base}/anno-scolastico`,
    schools: [school, closed],
    values,
    errors: {},
  }
  const one = {
    ...frame('schools'),
    href: school.href,
    parentHref: `${base}/scuole`,
    name: school.name,
    isClosed: false,
    mayEdit: true,
    years,
    schoolYear,
    classes: classes.map(({ name, children, href }, index) => ({
      id: `class-${index}`,
      name,
      children,
      childrenHref: href,
    })),
    values: { name: school.name, code: school.code, address: school.address, names: '' },
    errors: {},
  }
  return [
    { name: 'office-schools', page: 'office/schools', view: schools },
    {
      name: 'office-schools-none',
      page: 'office/schools',
      view: {
        ...schools,
        schools: [],
        values: { name: '', code: 'a b', address: '' },
        errors: { name: t('schools.error.name'), code: t('schools.error.code') },
      },
    },
    { name: 'office-school', page: 'office/school', view: one },
    {
      name: 'office-school-wrong',
      page: 'office/school',
      view: {
        ...one,
        errors: {
          className: t('schools.error.className', { maximum: 40 }),
          names: t('schools.error.names', { maximum: 40 }),
        },
      },
    },
    {
      name: 'office-school-closed',
      page: 'office/school',
      view: { ...one, isClosed: true, classes: [] },
    },
    { name: 'office-school-read', page: 'office/school', view: { ...one, mayEdit: false } },
    exampleRollover(frame, base, t),
    ...exampleMerge(frame, base, t),
    ...exampleChildren(frame, base, t),
  ]
}

function exampleMerge(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const href = `${base}/alunni/1/unisci`
  const search = {
    ...frame('children'),
    parentHref: `${base}/alunni/1/scheda`,
    href,
    name: longName,
    search: 'Colombo',
    found: [{ name: 'Colombo Maria', place: 'Infanzia Rodari, Gialli', href: `${href}?con=2` }],
    pair: null,
    errors: {},
  }
  const pair = {
    other: 'child-2',
    swapHref: `${base}/alunni/2/unisci?con=1`,
    facts: [
      { label: t('merge.fact.name'), stays: longName, goes: 'Maria Colombo' },
      { label: t('merge.fact.credit'), stays: 'Mensa scolastica: 12,50 €', goes: 'Mensa scolastica: 5,00 €' },
    ],
    movedCents: 500n,
    isPossible: true,
  }
  return [
    { name: 'office-merge', page: 'office/merge', view: search },
    { name: 'office-merge-pair', page: 'office/merge', view: { ...search, pair } },
    {
      name: 'office-merge-not',
      page: 'office/merge',
      view: { ...search, pair: { ...pair, isPossible: false } },
    },
  ]
}

function exampleRollover(frame: OfficeFrame, base: string, t: Translate): OfficeExample {
  const row = (name: string, step: string, nextName: string, error = '') => ({
    name,
    children: 21,
    placed: step === 'passa' ? 2 : 0,
    isUnknown: step === 'attendi',
    stepField: `azione-${name.replace(/\W/g, '')}`,
    steps: ['passa', 'esce', 'attendi'].map((value) => ({
      value,
      label: t(`rollover.step.${value}`),
      selected: value === step,
    })),
    nameField: `nome-${name.replace(/\W/g, '')}`,
    nextName,
    error,
  })
  const error = t('rollover.error', { maximum: 40 })
  return {
    name: 'office-rollover',
    page: 'office/rollover',
    view: {
      ...frame('schools'),
      parentHref: `${base}/scuole`,
      fromYear: '2026/2027',
      toYear: '2027/2028',
      years,
      unknown: 1,
      schools: [
        {
          name: 'Scuola primaria Dante Alighieri',
          classes: [row('1A', 'passa', '2A'), row('5A', 'esce', ''), row('4B', 'passa', '', error)],
        },
        { name: 'Infanzia Rodari', classes: [row('Gialli', 'attendi', '')] },
      ],
      errors: { 'nome-4B': error },
    },
  }
}

function exampleChildren(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const row = {
    href: `${base}/alunni/1`,
    editHref: `${base}/alunni/1/scheda`,
    name: longName,
    place: 'Scuola primaria Dante Alighieri, 3ª B',
    services: 'Mensa scolastica, Pre-scuola',
    guardians: 2,
  }
  const without = ['classe', 'genitori', 'servizi'].map((value) => ({
    value,
    label: t(`children.without.${value}`),
    selected: false,
  }))
  const list = {
    ...frame('children'),
    years,
    schools: [{ value: '1', label: 'Scuola primaria Dante Alighieri', selected: false }],
    classes: [{ value: '1', label: 'Scuola primaria Dante Alighieri, 3ª B', selected: false }],
    services: [{ value: 'REFEZIONE', label: 'Mensa scolastica', selected: false }],
    without,
    filtered: false,
    search: null,
    total: '1.240',
    rows: [row, { ...row, name: 'Colombo Luca', place: '', services: '', guardians: 0 }],
    nextHref: '?dopo=1',
    firstHref: null,
  }
  const groups = [
    {
      school: 'Scuola primaria Dante Alighieri',
      classes: [
        { value: '1', label: '1ª A', selected: false },
        { value: '2', label: '2ª A', selected: true },
      ],
    },
  ]
  const values = { firstName: 'Luca', lastName: 'Colombo', fiscalCode: '' }
  const fresh = {
    ...frame('children'),
    parentHref: `${base}/alunni`,
    schoolYear,
    classes: groups,
    services: [{ name: 'service-REFEZIONE', label: 'Mensa scolastica', checked: true }],
    values,
    namesakeHref: null,
    errors: {},
  }
  const file = {
    ...frame('children'),
    parentHref: `${base}/alunni`,
    href: `${base}/alunni/1`,
    name: 'Luca Colombo',
    schoolYear,
    years,
    hasCode: true,
    values,
    classes: groups,
    lastDay: '2026-11-27',
    enrolments: [
      {
        id: 'enrolment-1',
        label: 'Mensa scolastica',
        priceCents: 490n,
        hasEnded: false,
        startsOn: '2026-09-14',
        endsOn: null,
        typedStart: '2026-09-14',
        typedEnd: '',
      },
    ],
    services: [{ value: 'PRESCUOLA', label: 'Pre-scuola', selected: false }],
    serviceValues: { startsOn: '', endsOn: '' },
    errors: {},
  }
  const code = {
    ...frame('children'),
    parentHref: `${base}/alunni`,
    childHref: `${base}/alunni/1/scheda`,
    name: 'Luca Colombo',
    isNew: true,
    code: 'K7M2P-9QXRT',
    pagesHref: 'https://mensa.example.org/cassano/iscrizioni',
  }
  return [
    { name: 'office-children', page: 'office/children', view: list },
    {
      name: 'office-children-none',
      page: 'office/children',
      view: { ...list, search: 'Nessuno', rows: [], nextHref: null },
    },
    { name: 'office-child-new', page: 'office/child-new', view: fresh },
    {
      name: 'office-child-new-wrong',
      page: 'office/child-new',
      view: {
        ...fresh,
        classes: [],
        namesakeHref: `${base}/alunni/2`,
        errors: { fiscalCode: t('children.error.fiscalCode'), another: t('children.error.another') },
      },
    },
    { name: 'office-child-code', page: 'office/child-code', view: code },
    { name: 'office-child-file', page: 'office/child-file', view: file },
    {
      name: 'office-child-file-wrong',
      page: 'office/child-file',
      view: {
        ...file,
        hasCode: false,
        services: [],
        enrolments: file.enrolments.map((one) => ({ ...one, hasEnded: true, typedEnd: 'mai' })),
        errors: {
          days: t('children.error.days'),
          lastName: t('children.error.lastName'),
          lastDay: t('leaving.error.day'),
        },
      },
    },
  ]
}
