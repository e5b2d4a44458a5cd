import { at, badge, tile, type OfficeExample, type OfficeFrame } from './example-office.ts'
import type { Translate } from '#core/i18n.ts'
import type { ImportState } from '#core/db/import-tables.ts'
import { CHILDREN_COLUMNS } from '#tenants/imports/children-columns.ts'
import type { ImportView } from '../../src/backoffice/views/imports.ts'

/** The pages of imports, filled with invented families. */
export function exampleImports(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const around = frame('imports')
  const parentHref = `${base}/importazioni`
  const kind = t('imports.kind.children')
  const state = (name: ImportState, tone: Parameters<typeof badge>[1]) =>
    badge(t(`imports.state.${name}`), tone)
  const column = (key: string) => ({
    label: t(`imports.column.${key}`),
    hint: t(`imports.column.${key}.hint`),
  })
  const kinds = ['children', 'opening-balances', 'tariffs', 'calendar', 'attendance', 'till'].map((id) => ({
    title: t(`imports.kind.${id}`),
    text: t(`imports.kind.${id}.text`),
    uploadHref: id === 'till' ? null : `${parentHref}/nuova?tipo=${id}`,
    templateHref: `${parentHref}/modello.csv?tipo=${id}`,
  }))
  const line = {
    href: `${parentHref}/1`,
    fileName: 'alunni-2026-2027.xlsx',
    kind,
    fileRows: 412,
    at,
    by: 'Laura Bianchi',
    state: state('checked', 'open'),
  }
  const upload = {
    ...around,
    parentHref,
    slug: 'alunni',
    kind,
    text: t('imports.kind.children.text'),
    templateHref: `${parentHref}/modello.csv?tipo=alunni`,
    needed: CHILDREN_COLUMNS.filter(({ required }) => required).map(({ key }) => column(key)),
    optional: CHILDREN_COLUMNS.filter(({ required }) => !required).map(({ key }) => column(key)),
    hasControl: false,
    keptDays: 30,
    values: { rows: '', sum: '' },
    errors: {},
  }
  const headers = ['Cognome', 'Nome', 'Codice fiscale', 'Plesso', 'Classe', 'Annotazioni della segreteria']
  const fields = CHILDREN_COLUMNS.slice(0, 7).map(({ key, required = false }, index) => ({
    ...column(key),
    name: `colonna_${key}`,
    required,
    options: headers.map((label, place) => ({
      value: String(place),
      label: `${String.fromCharCode(65 + place)} · ${label}`,
      selected: place === index,
    })),
    example:
      index < 5
        ? t('imports.columns.example', { values: 'Provetti · Fantasia · De Benedictis Colombo' })
        : '',
    error: '',
  }))
  const columns = {
    ...around,
    parentHref,
    id: '1',
    kind,
    fileName: 'alunni-2026-2027.xlsx',
    isRemembered: false,
    fields,
    years: [{ value: '2026/2027', label: '2026/2027', selected: true }],
    createSchools: false,
    day: null,
    errors: {},
  }
  const wrongColumn = t('imports.error.column')
  return [
    {
      name: 'office-imports',
      page: 'office/imports',
      view: { ...around, kinds, rows: [line, { ...line, state: state('done', 'paid') }] },
    },
    { name: 'office-imports-none', page: 'office/imports', view: { ...around, kinds, rows: [] } },
    { name: 'office-import-new', page: 'office/import-new', view: upload },
    {
      name: 'office-import-new-balances',
      page: 'office/import-new',
      view: {
        ...upload,
        slug: 'saldi',
        kind: t('imports.kind.opening-balances'),
        text: t('imports.kind.opening-balances.text'),
        hasControl: true,
        values: { rows: 'tante', sum: '12.345,60' },
        errors: { rows: t('imports.error.rows'), file: t('fault.import.unreadable.detail') },
      },
    },
    { name: 'office-import-columns', page: 'office/import-columns', view: columns },
    {
      name: 'office-import-columns-wrong',
      page: 'office/import-columns',
      view: {
        ...columns,
        isRemembered: true,
        years: [],
        createSchools: null,
        day: '23/11/2026',
        fields: fields.map((field, index) => (index === 1 ? { ...field, error: wrongColumn } : field)),
        errors: { [fields[1]!.name]: wrongColumn },
      },
    },
    ...examplePositions(around, parentHref, t, state),
  ]
}

function examplePositions(
  around: ReturnType<OfficeFrame>,
  parentHref: string,
  t: Translate,
  state: (name: ImportState, tone: Parameters<typeof badge>[1]) => ReturnType<typeof badge>,
): OfficeExample[] {
  const tiles = [
    tile(t('imports.tile.new'), '398', '', 'good'),
    tile(t('imports.tile.changed'), '9', '', 'warning'),
    tile(t('imports.tile.unchanged'), '5'),
    tile(t('imports.tile.absent'), '2', t('imports.tile.absent_note')),
  ].map((one) => ({ ...one, href: null }))
  const change = (what: string, before: string, after: string) =>
    t('imports.change_line', { what: t(`imports.change.${what}`), before, after })
  const resting: ImportView = {
    ...around,
    parentHref,
    id: '1',
    title: t('imports.checked.title'),
    kind: t('imports.kind.children'),
    state: state('checked', 'open'),
    refreshSeconds: null,
    fileName: 'alunni-2026-2027.xlsx',
    fileRows: 412,
    uploaded: t('imports.fact.by', { at: '23/11/2026, 15:05', name: 'Laura Bianchi' }),
    control: null,
    confirmedBy: null,
    approvedBy: null,
    progress: null,
    lead: t('imports.checked.text'),
    tiles,
    problems: [],
    moreProblems: 0,
    problemsHref: null,
    uploadHref: `${parentHref}/nuova?tipo=alunni`,
    news: [
      t('imports.news.school', { name: 'Primaria Rodari' }),
      t('imports.news.class', { name: 'Primaria Rodari, 1ª A' }),
    ],
    changed: [
      {
        row: 17,
        about: 'De Benedictis Colombo Maria Antonietta',
        changes: [
          change('place', 'Primaria Dante, 2ª B', 'Primaria Dante, 3ª B'),
          change('tariff', '4,90 €', '5,20 €'),
        ],
      },
    ],
    added: [
      {
        row: 2,
        about: 'Provetti Sofia',
        changes: [
          'Scuola e classe: Primaria Rodari, 1ª A',
          'Servizio: Mensa scolastica',
          'Adulto: Provetti Elena',
        ],
      },
    ],
    absent: ['Fantasia Luca', 'Provetti Nino'],
    changedNote: '',
    addedNote: t('imports.first', { shown: 10, count: 398 }),
    absentText: t('imports.absent_text'),
    absentNote: '',
    columnsHref: '?colonne',
    confirm: { text: t('imports.confirm.text'), button: t('imports.confirm.submit') },
    approval: null,
    mayWithdraw: true,
    mayRetry: false,
    report: 'offered',
    errors: {},
  }
  const bare = {
    ...resting,
    tiles: [],
    news: [],
    changed: [],
    added: [],
    absent: [],
    confirm: null,
    columnsHref: null,
    report: null,
  }
  const problem = (what: string, value = '') => {
    const text = t(`imports.problem.${what}`, { value, other: 3 })
    return value ? t('imports.problem_value', { problem: text, value }) : text
  }
  return [
    { name: 'office-import-checked', page: 'office/import', view: resting },
    {
      name: 'office-import-wrong',
      page: 'office/import',
      view: {
        ...bare,
        title: t('imports.wrong.title', { count: 203 }),
        lead: t('imports.wrong.text'),
        state: state('wrong', 'failed'),
        problems: [
          { row: '3', column: 'Codice fiscale alunno', what: problem('fiscal-code') },
          { row: '17', column: 'Plesso', what: problem('unknown-school', 'Primaria Manzonni') },
          { row: '21', column: t('imports.wrong.whole_row'), what: problem('twice') },
        ],
        moreProblems: 200,
        problemsHref: '#',
        columnsHref: '?colonne',
      },
    },
    {
      name: 'office-import-running',
      page: 'office/import',
      view: {
        ...bare,
        title: t('imports.state.running'),
        lead: t('imports.progress.running_lead'),
        state: state('running', 'waiting'),
        refreshSeconds: 3,
        progress: { label: t('imports.progress.running'), percent: 62 },
        mayWithdraw: false,
      },
    },
    {
      name: 'office-import-parked',
      page: 'office/import',
      view: {
        ...bare,
        title: t('imports.parked.title'),
        lead: t('imports.parked.text'),
        state: state('running', 'waiting'),
        mayRetry: true,
      },
    },
    {
      name: 'office-import-approval',
      page: 'office/import',
      view: {
        ...resting,
        title: t('imports.approve.title'),
        lead: t('imports.approve.text'),
        state: state('approval', 'open'),
        confirm: null,
        control: t('imports.fact.control_value', { count: 412, sum: '12.345,60 €' }),
        confirmedBy: 'Laura Bianchi',
        approval: { text: t('imports.approve.check'), mayApprove: true },
        errors: { letto: t('imports.error.confirm') },
      },
    },
    {
      name: 'office-import-done',
      page: 'office/import',
      view: {
        ...resting,
        title: t('imports.done.title'),
        lead: t('imports.done.text', { at: '23/11/2026, 15:06' }),
        state: state('done', 'paid'),
        confirm: null,
        columnsHref: null,
        mayWithdraw: false,
        report: 'gone',
      },
    },
  ]
}
