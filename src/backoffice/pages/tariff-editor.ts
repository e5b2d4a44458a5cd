import { audit } from '#core/audit.ts'
import { formatDate, romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { readTypedDay } from '#core/typed-day.ts'
import type { Alert } from '#pages/view.ts'
import { previewPlan } from '#meals/preview-plan.ts'
import { readTariffCsv, type TariffFileProblem } from '#meals/tariff-csv.ts'
import {
  cellsOf,
  draftOf,
  readDraft,
  withBand,
  withBlock,
  withSibling,
  type DraftProblem,
  type TariffDraft,
} from '#meals/tariff-draft.ts'
import { addPlan, changePlan, PLAN_NOTE_MAX, type TariffCell } from '#meals/tariff-plans.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { listSchools } from '#tenants/schools/schools.ts'
import type { Staff } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { TariffView } from '../views/tariffs.ts'
import { draftFields, matrixView } from './tariff-matrix.ts'
import { dayTypesOf } from '#meals/day-types.ts'

type Fields = Readonly<Record<string, string>>

/** The plan that is being read or written. */
export interface Edited {
  /** Undefined for a new one. */
  readonly planId: string | undefined
  readonly category: string
  readonly label: string
  readonly validFrom: RomeDate
  readonly note: string
  readonly mayEdit: boolean
  readonly mayCopy: boolean
}

interface Shown {
  readonly fields?: Fields
  readonly problems?: ReadonlyMap<string, DraftProblem>
  readonly errors?: Readonly<Record<string, string>>
  readonly fileProblems?: readonly TariffFileProblem[]
  readonly alerts?: readonly Alert[]
}

/** Does what the button of the form says: grow the matrix, read a file, show what would change, save. */
export async function answerEditor(
  parts: OfficeParts,
  context: PageContext,
  staff: Staff,
  edited: Edited,
  fields: Fields,
  file: File | undefined,
): Promise<Response> {
  const { db } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const show = async (draft: TariffDraft, shown: Shown, status: 200 | 422 = 200) =>
    page(
      parts,
      context,
      'office/tariff',
      await editorView(parts, context, edited, draft, { fields, ...shown }),
      status,
    )
  const draft = readDraft(fields)
  const schools = await listSchools(db, tenant.id)
  switch (fields.azione) {
    case 'fascia':
      return show(withBand(draft), {})
    case 'figlio':
      return show(withSibling(draft), {})
    case 'modifica':
      return show(draft, {})
    case 'blocco': {
      const schoolId = schools.find(({ id }) => id === fields.newSchool)?.id ?? null
      const dayType = fields.newDay?.trim().slice(0, 30) || null
      if (schoolId !== null || dayType !== null) return show(withBlock(draft, { schoolId, dayType }), {})
      return show(draft, { errors: { newSchool: t('tariffs.error.block') } }, 422)
    }
    case 'csv': {
      if (!file) return show(draft, { errors: { file: t('tariffs.error.file_none') } }, 422)
      const idOf = (code: string) => schools.find((school) => school.code === code)?.id
      const read = readTariffCsv(new Uint8Array(await file.arrayBuffer()), idOf)
      if ('cells' in read)
        return show(draftOf(read.cells), { alerts: [{ kind: 'info', text: t('tariffs.file_read') }] })
      return show(draft, { errors: { file: t('tariffs.error.file') }, fileProblems: read.problems }, 422)
    }
  }
  const validFrom = edited.planId ? edited.validFrom : readTypedDay((fields.validFrom ?? '').trim())
  const note = (fields.note ?? '').trim()
  const read = cellsOf(draft)
  const known = draft.blocks.every(
    ({ schoolId }) => schoolId === null || schools.some(({ id }) => id === schoolId),
  )
  if (!known) throw new DomainError('request.malformed')
  const errors = {
    ...(validFrom === undefined && { validFrom: t('tariffs.error.day') }),
    ...(note.length > PLAN_NOTE_MAX && { note: t('tariffs.error.note', { maximum: PLAN_NOTE_MAX }) }),
  }
  if ('problems' in read || validFrom === undefined || note.length > PLAN_NOTE_MAX)
    return show(draft, { errors, ...('problems' in read && { problems: read.problems }) }, 422)
  const plan = { ...edited, validFrom, note, cells: read.cells }
  try {
    if (fields.azione === 'salva') return await save(parts, context, staff, plan)
    return await preview(parts, context, plan, draft)
  } catch (error) {
    if (!(error instanceof DomainError) || !error.code.startsWith('tariff.day_')) throw error
    return show(draft, { errors: { validFrom: faultText(error, language).detail } }, 422)
  }
}

type Plan = Edited & { readonly cells: readonly TariffCell[] }

async function save(
  parts: OfficeParts,
  context: PageContext,
  { accountId }: Staff,
  plan: Plan,
): Promise<Response> {
  const { tenant } = context.var
  const { db, clock } = parts.services
  const now = clock.now()
  const today = romeDate(now)
  await inTenant(db, tenant.id, async (tx) => {
    const by = { today, now, accountId }
    if (plan.planId !== undefined) await changePlan(tx, tenant.id, plan.planId, plan, now)
    const planId = plan.planId ?? (await addPlan(tx, tenant.id, plan, by))
    const repriced = await refreshPrices(tx, tenant.id, today)
    const { category, validFrom, cells } = plan
    const entry = {
      actor: { kind: 'staff', id: accountId },
      action: plan.planId === undefined ? 'tariff.added' : 'tariff.changed',
      subject: { kind: 'tariff_plan', id: planId },
      details: { category, validFrom, prices: cells.length, enrolmentsRepriced: repriced },
    } as const
    await audit(tx, tenant.id, entry, now)
  })
  parts.services.nudge()
  return context.redirect(`${officeOf(tenant)}/tariffe?fatto=salvato`, 303)
}

async function preview(
  parts: OfficeParts,
  context: PageContext,
  plan: Plan,
  draft: TariffDraft,
): Promise<Response> {
  const { tenant } = context.var
  const { db, clock } = parts.services
  const now = clock.now()
  const base = officeOf(tenant)
  const seen = await previewPlan(db, tenant.id, plan, { today: romeDate(now), now })
  return page(parts, context, 'office/tariff-preview', {
    ...frame(parts, context, 'tariffs'),
    parentHref: `${base}/tariffe`,
    service: plan.label,
    action: actionOf(base, plan),
    day: seen.day,
    schoolYear: seen.schoolYear,
    children: seen.children,
    changed: seen.changes.reduce((sum, { children }) => sum + children, 0),
    changes: seen.changes.map(({ from, to, children }) => ({
      from: from ?? null,
      to: to ?? null,
      children,
      rises: from !== undefined && to !== undefined && to > from,
    })),
    unpriced: seen.unpriced.map(({ id, name }) => ({ name, href: `${base}/alunni/${id}/tariffa` })),
    unpricedCount: seen.unpricedCount,
    fields: [
      ...draftFields(draft),
      { name: 'validFrom', value: plan.validFrom },
      { name: 'note', value: plan.note },
    ],
  })
}

function actionOf(base: string, { planId, category }: Pick<Edited, 'planId' | 'category'>): string {
  return planId ? `${base}/tariffe/${planId}` : address(`${base}/tariffe/nuovo`, { servizio: category })
}

/** A plan as a page, to read or to write. */
export async function editorView(
  parts: OfficeParts,
  context: PageContext,
  edited: Edited,
  draft: TariffDraft,
  { fields = {}, problems = new Map(), errors = {}, fileProblems = [], alerts = [] }: Shown = {},
): Promise<TariffView> {
  const { tenant, language } = context.var
  const { db } = parts.services
  const t = translator(language)
  const base = officeOf(tenant)
  const { planId, category, label, mayEdit, mayCopy } = edited
  const schools = await listSchools(db, tenant.id)
  const dayTypes = await inTenant(db, tenant.id, (tx) => dayTypesOf(tx, tenant.id, category))
  const matrix = matrixView(draft, problems, schools, language)
  const day = planId ? formatDate(edited.validFrom, language) : ''
  return {
    ...frame(parts, context, 'tariffs', alerts),
    ...matrix,
    errors: { ...errors, ...matrix.errors },
    parentHref: `${base}/tariffe`,
    title: planId ? t('tariffs.from_day', { service: label, day }) : t('tariffs.new_for', { service: label }),
    lead: mayEdit ? t('tariffs.edit_lead') : edited.note,
    action: mayEdit ? actionOf(base, edited) : null,
    isNew: planId === undefined,
    category,
    values: { validFrom: fields.validFrom ?? edited.validFrom, note: fields.note ?? edited.note },
    schools: schools.map(({ id, name }) => ({ value: id, label: name, selected: id === fields.newSchool })),
    dayTypes,
    newSchool: fields.newSchool ?? '',
    newDay: fields.newDay ?? '',
    problems: fileProblems.map(({ row, column, problem }) => ({
      row: row === 0 ? '–' : String(row),
      column: column ?? '–',
      what: t(`tariffs.file_problem.${problem}`),
    })),
    exportHref: planId ? `${base}/tariffe/${planId}/csv` : null,
    copyHref:
      planId && mayCopy ? address(`${base}/tariffe/nuovo`, { servizio: category, copia: planId }) : null,
    deleteHref: planId && mayEdit ? `${base}/tariffe/${planId}/cancella` : null,
  }
}
