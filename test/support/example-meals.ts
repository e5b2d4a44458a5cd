import { addDays } from '#core/clock.ts'
import type { Translate } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import { namedDay } from '#core/named-day.ts'
import { dayName } from '#pages/week-words.ts'
import { at, badge, tile, type OfficeExample, type OfficeFrame } from './example-office.ts'

const DAY = '2026-11-24'
const MONDAY = '2026-11-23'
const NAMES = ['Bianchi Sofia', 'Conti Luca', 'De Benedictis Colombo Maria Antonietta', 'Neri Ada']

/** Attendance and what follows from it. */
export function exampleMeals(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const { language } = frame(null)
  const weekdays = Array.from({ length: 7 }, (_, index) =>
    namedDay(addDays(MONDAY, index), 'weekday', language),
  )
  const list = {
    ...frame('attendance'),
    parentHref: `${base}/presenze`,
    action: `${base}/presenze/1`,
    title: '3ª B, Scuola primaria Dante Alighieri',
    dayName: dayName(DAY, language),
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
      diets: index === 2 ? [t('diets.kind.nut-free'), t('diets.kind.no-pork')] : [],
      present: index !== 2,
      note: index === 2 ? t('meals.said.parent') : '',
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
    dayName: dayName(DAY, language),
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
      dayName: dayName(DAY, language),
      category: 'REFEZIONE',
      day: DAY,
      service: 'Mensa scolastica',
      tiles: [
        tile(t('meals.charges.meals'), '812', t('meals.charges.free', { count: 14 })),
        tile(
          t('meals.charges.amount'),
          formatMoney(365_400n, language),
          t('meals.charges.reversed', { count: 2 }),
        ),
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
  const [glutenFree, both] = [
    { name: t('diets.kind.gluten-free'), meals: 3 },
    { name: `${t('diets.kind.nut-free')} + ${t('diets.kind.no-pork')}`, meals: 1 },
  ]
  const kitchenSchool = {
    name: 'Scuola primaria Dante Alighieri',
    meals: 130,
    open: 1,
    diets: [glutenFree, both],
    classes: ['1ª A', '1ª B', '2ª A', '2ª B', '3ª A', '3ª B'].map((name, index) => ({
      name,
      meals: 22 - index,
      diets: [[glutenFree], [], [], [{ ...glutenFree, meals: 1 }, both], [], []][index]!,
      state: index === 0 ? badge(t('meals.list.new'), 'waiting') : badge(t('meals.list.closed'), 'paid'),
    })),
  }
  const kitchen = {
    ...frame('kitchen'),
    dayName: dayName(DAY, language),
    service: 'Mensa scolastica',
    services: [],
    values: { giorno: DAY },
    errors: {},
    total: 168,
    diets: [
      { name: t('diets.kind.gluten-free'), meals: 3 },
      { name: t('diets.kind.no-pork'), meals: 2 },
    ],
    schools: [kitchenSchool, { ...kitchenSchool, name: 'Infanzia Rodari', open: 0, diets: [] }],
  }
  const options = [{ value: 'REFEZIONE', label: 'Mensa scolastica', selected: true }]
  const noSchool = { value: 'school-1', label: 'Scuola primaria Dante Alighieri', selected: false }
  const weeks = Array.from({ length: 5 }, (_, week) => ({
    days: Array.from({ length: 7 }, (_, index) => {
      const number = week * 7 + index + 1
      const inside = number <= 30
      const closed = number === 24
      const runs = inside && index < 5 && !closed
      return {
        day: `2026-11-${String(Math.min(number, 30)).padStart(2, '0')}`,
        number: inside ? number : number - 30,
        weekday: weekdays[index]!.slice(0, 3),
        inside,
        runs,
        closed,
        text: closed ? 'Santo patrono' : runs ? t('meals.calendar.runs') : t('meals.calendar.no_service'),
      }
    }),
  }))
  const span = { school: t('meals.all_schools'), firstDay: '2026-09-14', lastDay: '2027-06-30' }
  const calendar = {
    ...frame('calendar'),
    services: options,
    schools: [noSchool],
    formSchools: [noSchool],
    category: 'REFEZIONE',
    viewed: '',
    month: '2026-11',
    monthName: new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
      at,
    ),
    previousHref: '/x',
    nextHref: '/x',
    weeks,
    weekdays: weekdays.map((label, index) => ({ name: `giorno-${index}`, label, checked: index < 5 })),
    periods: [{ ...span, id: 'period-1', days: weekdays.slice(0, 5).join(', '), dayType: '' }],
    closures: [{ ...span, id: 'closure-1', reason: 'Santo patrono', everyService: true }],
    attempted: '' as const,
    confirming: '' as const,
    values: { dal: '', al: '', tipo: '', motivo: '', tutti: false },
    errors: {},
    warning: '',
  }
  const typed = { dal: '2026-11-24', al: '2026-11-24', tipo: '', motivo: 'Sciopero', tutti: true }
  return [
    { name: 'office-kitchen', page: 'office/kitchen', view: kitchen },
    { name: 'office-kitchen-none', page: 'office/kitchen', view: { ...kitchen, total: 0, schools: [] } },
    { name: 'office-calendar', page: 'office/calendar', view: calendar },
    {
      name: 'office-calendar-none',
      page: 'office/calendar',
      view: { ...calendar, periods: [], closures: [] },
    },
    {
      name: 'office-calendar-warning',
      page: 'office/calendar',
      view: {
        ...calendar,
        attempted: 'closure',
        confirming: 'closure',
        values: typed,
        warning: t('meals.calendar.touched_closure', { meals: 812, days: 1 }),
      },
    },
    {
      name: 'office-calendar-errors',
      page: 'office/calendar',
      view: { ...calendar, attempted: 'period', errors: { dal: t('meals.error.day') } },
    },
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
