import type { Example, Frame } from './example-views.ts'

/** The days on which children stay away. */
export function exampleAbsences(frame: Frame): readonly Example[] {
  const days = [
    { day: '2026-11-24', isOpen: false, state: 'present' },
    { day: '2026-11-25', isOpen: true, state: 'announced' },
    { day: '2026-11-26', isOpen: true, state: 'expected' },
    { day: '2026-11-27', isOpen: true, state: 'absent' },
  ] as const
  const plan = {
    childId: 'child-1',
    firstName: 'Sofia',
    category: 'REFEZIONE',
    label: 'Mensa scolastica',
    days,
  }
  const view = {
    ...frame(null),
    until: '09:00',
    plans: [plan, { ...plan, childId: 'child-2', firstName: 'Luca', days: [] }],
  }
  return [
    { name: 'absences', page: 'absences', view },
    { name: 'absences-none', page: 'absences', view: { ...view, plans: [] } },
    { name: 'absences-not-offered', page: 'absences', view: { ...view, until: null, plans: [] } },
  ]
}
