import { addDays, romeDate, type RomeDate } from '#core/clock.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Services } from '#core/services.ts'
import { DIET_KINDS } from '#meals/diet-kinds.ts'
import { lastDayOfSchoolYear, schoolYearOf } from '#tenants/people/school-year.ts'
import type { Chance } from './chance.ts'
import { insert } from './insert.ts'
import type { Resident } from './settle-in.ts'

/** Of a hundred children so many have a diet, and of a hundred of these so many have two. */
const SHARE = 9
const SECOND_SHARE = 10

/** How frequent each diet is among diets; a diet of few days is none that lasts. */
const FREQUENCY: Readonly<Record<Exclude<DietKind, 'bland'>, number>> = {
  'no-pork': 26,
  'gluten-free': 13,
  'lactose-free': 12,
  'milk-free': 8,
  'egg-free': 8,
  'nut-free': 8,
  vegetarian: 6,
  'no-meat': 4,
  'no-beef': 3,
  'fish-free': 3,
  'legume-free': 3,
  'other-medical': 2,
  vegan: 2,
  minced: 1,
  blended: 1,
}

/** When a certificate ends, in days from today; most hold as long as the diet. */
const CERTIFICATES = { '-12': 1, '-3': 1, '6': 1, '18': 2, '75': 4, whole: 16 } as const

/** What nobody shall take for a family's secret. */
const NOTES = [
  'Nota inventata per la dimostrazione: attenzione anche alle tracce',
  'Nota inventata per la dimostrazione: porta il pane da casa',
  'Nota inventata per la dimostrazione: può mangiare i prodotti cotti al forno',
]

/** Gives some children of the town diets for the present school year: sealed as real ones are, and evidently nobody's. */
export async function writeDiets(
  { db, vault, clock }: Services,
  tenantId: string,
  residents: readonly Resident[],
  chance: Chance,
): Promise<void> {
  const now = clock.now()
  const today = romeDate(now)
  const keys = await vault.of(tenantId)
  const days = {
    valid_from: `${schoolYearOf(today).slice(0, 4)}-08-01`,
    valid_until: lastDayOfSchoolYear(today),
  }
  const rows = residents.flatMap(({ childId }) =>
    dietsOf(chance).map((kind) => {
      const isMedical = DIET_KINDS.health.some((one) => one === kind)
      const note = chance.percent(isMedical ? 60 : 5) ? chance.pick(NOTES) : null
      return {
        tenant_id: tenantId,
        id: newId(),
        child_id: childId,
        kind,
        ...days,
        certificate_until: isMedical ? certificateOf(chance, today) : null,
        note_sealed: note === null ? null : keys.seal(note),
        recorded_at: now,
        recorded_by: null,
      }
    }),
  )
  await inTenant(db, tenantId, (tx) => insert(tx, 'diets', rows))
}

function dietsOf(chance: Chance): DietKind[] {
  if (!chance.percent(SHARE)) return []
  const kinds = [chance.weighed(FREQUENCY)]
  if (chance.percent(SECOND_SHARE)) kinds.push(chance.weighed(FREQUENCY))
  return [...new Set(kinds)]
}

function certificateOf(chance: Chance, today: RomeDate): RomeDate {
  const last = lastDayOfSchoolYear(today)
  const days = chance.weighed(CERTIFICATES)
  if (days === 'whole') return last
  const end = addDays(today, Number(days))
  return end < last ? end : last
}
