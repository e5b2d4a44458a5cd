import type { Translate } from '#core/i18n.ts'
import { at, badge, tile, type OfficeExample, type OfficeFrame } from './example-office.ts'

const DAY = '2026-11-24'
const NAMES = ['Bianchi Sofia', 'Conti Luca', 'De Benedictis Colombo Maria Antonietta', 'Neri Ada']

/** Attendance and what follows from it. */
export function exampleMeals(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const list = {
    ...frame('attendance'),
    parentHref: `${base}/presenze`,
    action: `${base}/presenze/1`,
    title: '3ª B, Scuola primaria Dante Alighieri',
    dayName: 'martedì 24 novembre',
    state: badge(t('meals.list.open'), 'open'),
    isClosed: false,
    savedAt: at,
    version: '1-x',
    category: 'REFEZIONE',
    day: DAY,
    changed: false,
    rows: NAMES.map((name, index) => ({
      id: `00000000-0000-7000-8000-00000000000${index}`,
      name,
      present: index !== 2,
      note: index === 2 ? t('meals.said.parent') : '',
      diet: index === 1 ? 'Senza glutine' : '',
      differs: false,
    })),
  }
  const classes = [
    { href: '/x', name: '1ª A', children: 24, absent: 2, state: badge(t('meals.list.new'), 'waiting') },
    { href: '/x', name: '3ª B', children: 21, absent: 0, state: badge(t('meals.list.open'), 'open') },
    { href: '/x', name: '5ª C', children: 1, absent: 1, state: badge(t('meals.list.closed'), 'paid') },
  ]
  const attendance = {
    ...frame('attendance'),
    day: DAY,
    dayName: 'martedì 24 novembre',
    isToday: true,
    services: [
      { value: 'REFEZIONE', label: 'Mensa scolastica', selected: true },
      { value: 'PRE', label: 'Prescuola', selected: false },
    ],
    values: { giorno: DAY },
    errors: {},
    previousHref: '/x',
    nextHref: null,
    schools: [
      { name: 'Scuola primaria Dante Alighieri', closed: null, classes },
      { name: 'Infanzia Rodari', closed: t('meals.day.closed', { reason: 'Santo patrono' }), classes: [] },
    ],
  }
  const charges = {
    ...frame('charges'),
    rows: [
      {
        href: '/x',
        day: DAY,
        service: 'Mensa scolastica',
        meals: 812,
        cents: 365_400n,
        problems: 3,
        toCharge: 1,
      },
      {
        href: '/x',
        day: '2026-11-23',
        service: 'Mensa scolastica',
        meals: 798,
        cents: 359_100n,
        problems: 0,
        toCharge: 0,
      },
    ],
    detail: null,
  }
  const detail = {
    ...charges,
    rows: [],
    detail: {
      dayName: 'martedì 24 novembre',
      category: 'REFEZIONE',
      day: DAY,
      service: 'Mensa scolastica',
      tiles: [
        tile(t('meals.charges.meals'), '812', t('meals.charges.free', { count: 14 })),
        tile(t('meals.charges.amount'), '3.654,00 €', t('meals.charges.reversed', { count: 2 })),
        tile(t('meals.charges.problems'), '3', t('meals.charges.problems_some'), 'warning'),
        tile(t('meals.charges.lists'), '1', t('meals.charges.lists_some'), 'warning'),
      ],
      problems: [
        { name: 'Conti Luca', place: 'Dante, 3ª B', why: t('meals.problem.no-price') },
        { name: 'De Benedictis Colombo Maria Antonietta', place: '', why: t('meals.problem.no-class') },
      ],
      parentHref: `${base}/addebiti`,
    },
  }
  return [
    { name: 'office-attendance', page: 'office/attendance', view: attendance },
    { name: 'office-attendance-none', page: 'office/attendance', view: { ...attendance, schools: [] } },
    { name: 'office-class-list', page: 'office/class-list', view: list },
    {
      name: 'office-class-list-changed',
      page: 'office/class-list',
      view: {
        ...list,
        changed: true,
        rows: list.rows.map((row, index) =>
          index === 0
            ? {
                ...row,
                differs: true,
                note: t('meals.list.differs', {
                  state: t('meals.state.absent'),
                  source: t('meals.source.class'),
                }),
              }
            : row,
        ),
      },
    },
    { name: 'office-class-list-none', page: 'office/class-list', view: { ...list, rows: [] } },
    { name: 'office-charges', page: 'office/charges', view: charges },
    { name: 'office-charges-day', page: 'office/charges', view: detail },
    { name: 'office-charges-none', page: 'office/charges', view: { ...charges, rows: [] } },
  ]
}
