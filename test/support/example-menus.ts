import { addDays } from '#core/clock.ts'
import type { Language, Translate } from '#core/i18n.ts'
import { dayName, weekInWords } from '#pages/week-words.ts'
import { ALLERGENS } from '#meals/allergens.ts'
import { badge, type OfficeExample, type OfficeFrame } from './example-office.ts'
import type { Example, Frame } from './example-views.ts'

const MONDAY = '2026-11-23'
const week = (language: Language) =>
  Array.from({ length: 5 }, (_, index) => dayName(addDays(MONDAY, index), language))
const COURSES = [
  ['Risotto alla zucca', 'Merluzzo gratinato alle erbe', 'Carote al vapore', 'Mela'],
  ['Pasta integrale al pomodoro e basilico', 'Hamburger di ceci con salsa allo yogurt', 'Insalata'],
  [],
  ['Vellutata di legumi con crostini', 'Pizza margherita', 'Finocchi', 'Yogurt'],
  ['Gnocchi al pesto', 'Arrosto di tacchino', 'Piselli', 'Clementine'],
] as const

/** The week's menu as the office writes it. */
export function exampleMenus(frame: OfficeFrame, t: Translate): OfficeExample[] {
  const { language } = frame(null)
  const days = week(language).map((name, index) => {
    const day = `2026-11-${23 + index}`
    const ticked = index === 2 ? 0 : 4
    return {
      day,
      name,
      closed: index === 2 ? t('meals.day.closed', { reason: 'Santo patrono' }) : null,
      courses: Array.from({ length: 6 }, (_, place) => ({
        field: `p-${day}-${place + 1}`,
        number: place + 1,
        value: COURSES[index]![place] ?? '',
        error: null as string | null,
        numbersField: `n-p-${day}-${place + 1}`,
        numbers: place === 0 && index !== 2 ? '1, 7, 9' : '',
        numbersError: null as string | null,
      })),
      allergens: ALLERGENS.map((one, place) => ({
        field: `a-${day}-${one}`,
        label: `${place + 1}. ${t(`menus.allergen.${one}`)}`,
        checked: place < ticked,
      })),
      ticked,
    }
  })
  const view = {
    ...frame('menus'),
    services: [{ value: 'REFEZIONE', label: 'Mensa scolastica', selected: true }],
    schools: [{ value: 'school-1', label: 'Scuola primaria Dante Alighieri', selected: false }],
    category: 'REFEZIONE',
    school: '',
    week: '2026-11-23',
    weekName: weekInWords(MONDAY, language),
    previousHref: '/x',
    nextHref: '/x',
    state: badge(t('menus.state.published'), 'paid'),
    isPublished: true,
    version: '2026-11-23T14:05:00.000Z',
    isStale: false,
    isPublic: true,
    servedByCommon: false,
    copies: [{ value: '2026-11-16', label: weekInWords('2026-11-16', language), selected: false }],
    copiedFrom: null,
    days,
    legend: ALLERGENS.map((one, place) => `${place + 1}. ${t(`menus.allergen.${one}`)}`),
    numbersMaximum: 60,
    isIdle: false,
    values: { settimane: '4', fino: '2027-07-31' },
    errors: {},
  }
  const wrong = {
    'p-2026-11-23-1': t('menus.error.course', { maximum: 120 }),
    'n-p-2026-11-23-1': t('menus.error.numbers', { maximum: 14 }),
  }
  const marked = days.map((day, index) => ({
    ...day,
    courses: day.courses.map((one, place) =>
      index === 0 && place === 0
        ? { ...one, error: wrong['p-2026-11-23-1'], numbers: '99', numbersError: wrong['n-p-2026-11-23-1'] }
        : one,
    ),
  }))
  return [
    { name: 'office-menu', page: 'office/menu', view },
    {
      name: 'office-menu-new',
      page: 'office/menu',
      view: {
        ...view,
        school: 'school-1',
        state: null,
        isPublished: false,
        isPublic: false,
        servedByCommon: true,
        isIdle: true,
        copiedFrom: '2026-11-16',
      },
    },
    {
      name: 'office-menu-errors',
      page: 'office/menu',
      view: { ...view, isStale: true, days: marked, errors: wrong },
    },
    {
      name: 'office-menu-repeat-errors',
      page: 'office/menu',
      view: {
        ...view,
        values: { settimane: '0', fino: 'mai' },
        errors: { settimane: t('menus.error.weeks', { maximum: 12 }), fino: t('menus.error.until') },
      },
    },
  ]
}

/** The week as families see it, and what whoever is not signed in sees. */
export function exampleFamilyMenus(frame: Frame, t: Translate): readonly Example[] {
  const { language } = frame(null)
  const days = week(language).map((name, index) => ({
    day: `2026-11-${23 + index}`,
    name,
    isToday: index === 1,
    closed: index === 2 ? t('menus.family.closed', { reason: 'Santo patrono' }) : null,
    absence: index === 3 ? t('menus.family.absence.announced') : null,
    courses:
      index === 4
        ? []
        : COURSES[index]!.map((name, place) => ({
            name,
            allergens:
              index === 0 && place === 0
                ? 'cereali con glutine, uova, latte, anidride solforosa e solfiti'
                : '',
          })),
    allergens:
      index === 1
        ? t('menus.family.allergens_unknown')
        : t('menus.family.allergens', { list: 'cereali con glutine, uova, pesce, latte' }),
  }))
  const view = {
    ...frame(null),
    weekName: weekInWords(MONDAY, language),
    previousHref: '/x',
    nextHref: '/x',
    todayHref: null,
    choices: [
      { label: 'Luca, Mensa scolastica', href: '/x', current: true },
      { label: 'Sofia, Mensa scolastica', href: '/x', current: false },
    ],
    groups: [{ title: 'Luca', detail: 'Mensa scolastica', message: null as string | null, days }],
    mayAnnounce: true,
  }
  const unpublished = { ...view.groups[0]!, message: t('menus.family.not_published'), days: days.slice(2, 3) }
  return [
    { name: 'menu', page: 'menu', view },
    { name: 'menu-unpublished', page: 'menu', view: { ...view, todayHref: '/x', groups: [unpublished] } },
    { name: 'menu-none', page: 'menu', view: { ...view, choices: [], groups: [], mayAnnounce: false } },
    {
      name: 'menu-open',
      page: 'menu',
      view: {
        ...view,
        ...frame(null, { signedOut: true }),
        choices: [],
        mayAnnounce: false,
        groups: [
          {
            title: 'Mensa scolastica',
            detail: t('meals.all_schools'),
            message: null,
            days: days.slice(0, 2),
          },
        ],
      },
    },
  ]
}
