import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { translator, type Language } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import { readTypedDay } from '#core/typed-day.ts'
import type { TenantVault } from '#core/vault.ts'
import { DIET_KINDS, isDietKind, type DietGroup } from '#meals/diet-kinds.ts'
import { addDiet, changeDiet, deleteDiet, DIET_NOTE_MAX, dietsOf, readDietNote } from '#meals/diets.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { assertChild } from '#tenants/people/edit-children.ts'
import { findChild } from '#tenants/people/guardianships.ts'
import { lastDayOfSchoolYear } from '#tenants/people/school-year.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ChildDietView } from '../views/diets.ts'
import { dietBadge } from './diet-words.ts'

type Errors = ChildDietView['errors']
type Fields = Readonly<Record<string, string>>
const DONE = ['aggiunta', 'cambiata', 'cancellata'] as const

/** `{base}/alunni/{id}/dieta`: what a child may not, or does not, eat. */
export function childDietRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/:id/dieta', async (context) =>
    page(parts, context, 'office/child-diet', await view(parts, context, {}, {})),
  )

  officeRoute(app, 'POST /alunni/:id/dieta', (context, staff) =>
    change(parts, context, staff, 'aggiunta', async ({ tx, keys, childId, fields, by }) => {
      const read = readDiet(fields, context.var.language)
      if ('errors' in read) return read.errors
      await addDiet(tx, keys, context.var.tenant.id, { childId, ...read.diet }, by)
      return {}
    }),
  )

  officeRoute(app, 'POST /alunni/:id/dieta/modifica', (context, staff) =>
    change(parts, context, staff, 'cambiata', async ({ tx, keys, childId, fields, by }) => {
      const t = translator(context.var.language)
      const validUntil = dayOf(fields.al)
      const certificateUntil = dayOf(fields.certificato)
      const note = noteOf(fields)
      if (!validUntil || certificateUntil === null || note.length > DIET_NOTE_MAX)
        return { cambia: t('diets.error.change', { maximum: DIET_NOTE_MAX }) }
      // An empty field leaves the note as it is: what nobody has opened is not there to be edited.
      const changed = { validUntil, certificateUntil, note: note === '' ? undefined : note }
      const key = { childId, dietId: idFrom(fields.dieta) }
      await changeDiet(tx, keys, context.var.tenant.id, key, changed, by)
      return {}
    }),
  )

  officeRoute(app, 'POST /alunni/:id/dieta/cancella', (context, staff) =>
    change(parts, context, staff, 'cancellata', async ({ tx, childId, fields, by }) => {
      await deleteDiet(tx, context.var.tenant.id, { childId, dietId: idFrom(fields.dieta) }, by)
      return {}
    }),
  )

  officeRoute(app, 'POST /alunni/:id/dieta/nota', async (context, staff) => {
    const { tenant } = context.var
    const { db, clock, vault } = parts.services
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const key = { childId: idFrom(context.req.param('id')), dietId: idFrom(fields.dieta) }
    const keys = await vault.of(tenant.id)
    const by = { actor: { kind: 'staff', id: staff.accountId }, now: clock.now() } as const
    const note = await inTenant(db, tenant.id, (tx) => readDietNote(tx, keys, tenant.id, key, by))
    const opened = { dietId: key.dietId, note }
    return page(parts, context, 'office/child-diet', await view(parts, context, {}, {}, opened))
  })
}

interface Change {
  tx: Tx
  keys: TenantVault
  childId: string
  fields: Fields
  by: { actor: { kind: 'staff'; id: string }; now: Date }
}

/** Does something with a child's diets, or shows what is wrong. */
async function change(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  done: (typeof DONE)[number],
  work: (change: Change) => Promise<Errors>,
): Promise<Response> {
  const { tenant, language } = context.var
  const { db, clock, vault } = parts.services
  const fields = await formFields(context)
  parts.forms.check(fields.form, accountId)
  const childId = idFrom(context.req.param('id'))
  const keys = await vault.of(tenant.id)
  const by = { actor: { kind: 'staff', id: accountId }, now: clock.now() } as const
  let errors: Errors
  try {
    errors = await inTenant(db, tenant.id, async (tx) => {
      await assertChild(tx, tenant.id, childId)
      return work({ tx, keys, childId, fields, by })
    })
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'diet.wrong_days') throw error
    errors = { cambia: translator(language)('fault.diet.wrong_days.detail') }
  }
  if (Object.keys(errors).length > 0) {
    // What was typed into a row's own fields is not a new diet's.
    const typed = errors.cambia ? {} : fields
    return page(parts, context, 'office/child-diet', await view(parts, context, typed, errors), 422)
  }
  return context.redirect(`${officeOf(tenant)}/alunni/${childId}/dieta?fatto=${done}`, 303)
}

/** A typed day; undefined for an empty field, null for what is no day. */
function dayOf(text = ''): RomeDate | undefined | null {
  return text.trim() === '' ? undefined : (readTypedDay(text.trim()) ?? null)
}

function noteOf(fields: Fields): string {
  return (fields.nota ?? '').trim()
}

function readDiet(fields: Fields, language: Language) {
  const t = translator(language)
  const [validFrom, validUntil] = [dayOf(fields.dal), dayOf(fields.al)]
  const certificateUntil = dayOf(fields.certificato)
  const { tipo: kind } = fields
  const note = noteOf(fields)
  if (
    !isDietKind(kind) ||
    !validFrom ||
    !validUntil ||
    validFrom > validUntil ||
    certificateUntil === null ||
    note.length > DIET_NOTE_MAX
  ) {
    const isReversed = Boolean(validFrom && validUntil && validFrom > validUntil)
    const errors: Errors = {
      ...(!isDietKind(kind) && { tipo: t('diets.error.kind') }),
      ...(!validFrom && { dal: t('meals.error.day') }),
      ...(!validUntil && { al: t('meals.error.day') }),
      ...(isReversed && { al: t('fault.diet.wrong_days.detail') }),
      ...(certificateUntil === null && { certificato: t('meals.error.day') }),
      ...(note.length > DIET_NOTE_MAX && { nota: t('diets.error.note', { maximum: DIET_NOTE_MAX }) }),
    }
    return { errors }
  }
  return { diet: { kind, validFrom, validUntil, certificateUntil, note } }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  fields: Fields,
  errors: Errors,
  opened?: { dietId: string; note: string },
): Promise<ChildDietView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const t = translator(language)
  const today = romeDate(clock.now())
  const child = await findChild(db, tenant.id, idFrom(context.req.param('id')), clock.now())
  const diets = await inTenant(db, tenant.id, (tx) => dietsOf(tx, tenant.id, [child.id]))
  const done = DONE.find((one) => one === context.req.query('fatto'))
  const alerts: Alert[] = done ? [{ kind: 'success', text: t(`diets.done.${done}`) }] : []
  return {
    ...frame(parts, context, 'children', alerts),
    parentHref: `${officeOf(tenant)}/alunni`,
    href: `${officeOf(tenant)}/alunni/${child.id}`,
    name: child.name,
    diets: (diets.get(child.id) ?? []).map((diet) => ({
      id: diet.id,
      kind: t(`diets.kind.${diet.kind}`),
      state: dietBadge(diet, today, language),
      validFrom: diet.validFrom,
      validUntil: diet.validUntil,
      certificateUntil: diet.certificateUntil ?? null,
      certificateEnds:
        diet.validUntil >= today &&
        diet.certificateUntil !== undefined &&
        (diet.certificateUntil < diet.validUntil || diet.certificateUntil < today),
      hasNote: diet.hasNote,
      note: opened?.dietId === diet.id ? opened.note : null,
    })),
    groups: (Object.keys(DIET_KINDS) as DietGroup[]).map((group) => ({
      label: t(`diets.group.${group}`),
      kinds: DIET_KINDS[group].map((kind) => ({
        value: kind,
        label: t(`diets.kind.${kind}`),
        selected: kind === fields.tipo,
      })),
    })),
    noteMaximum: DIET_NOTE_MAX,
    values: {
      tipo: fields.tipo ?? '',
      dal: fields.dal ?? today,
      al: fields.al ?? lastDayOfSchoolYear(today),
      certificato: fields.certificato ?? '',
      nota: fields.nota ?? '',
    },
    errors,
  }
}
