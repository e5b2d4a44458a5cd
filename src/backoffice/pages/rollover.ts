import { audit } from '#core/audit.ts'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { schoolYearAfter, schoolYearOf } from '#tenants/people/school-year.ts'
import { proposeRollover, rollOver, type ClassProposal } from '#tenants/schools/rollover.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { RolloverView } from '../views/rollover.ts'

type Fields = Readonly<Record<string, string>>
const CLASS_NAME_MAX = 40
const STEPS = ['passa', 'esce', 'attendi'] as const

/** `{base}/anno-scolastico`: from one school year into the next, class by class. */
export function rolloverRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { db, clock } = parts.services

  officeRoute(app, 'GET /anno-scolastico', async (context) =>
    page(parts, context, 'office/rollover', await view(parts, context, {}, {})),
  )

  officeRoute(app, 'POST /anno-scolastico', async (context, staff) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const now = clock.now()
    const today = romeDate(now)
    const fromYear = endingYear(context, today)
    const proposals = await inTenant(db, tenant.id, (tx) => proposeRollover(tx, tenant.id, fromYear))
    const next = new Map<string, string>()
    const errors: Record<string, string> = {}
    for (const { classId } of proposals) {
      if (fields[`azione-${classId}`] !== 'passa') continue
      const name = (fields[`nome-${classId}`] ?? '').trim()
      if (name === '' || name.length > CLASS_NAME_MAX)
        errors[`nome-${classId}`] = translator(language)('rollover.error', { maximum: CLASS_NAME_MAX })
      else next.set(classId, name)
    }
    if (Object.keys(errors).length > 0)
      return page(parts, context, 'office/rollover', await view(parts, context, fields, errors), 422)
    const done = await inTenant(db, tenant.id, async (tx) => {
      const rolled = await rollOver(tx, tenant.id, { fromYear, next }, now)
      const { childIds, ...counts } = rolled
      if (childIds.length > 0) await refreshPrices(tx, tenant.id, today, childIds)
      const actor = { kind: 'staff', id: staff.accountId } as const
      const details = { from: fromYear, to: schoolYearAfter(fromYear), ...counts }
      await audit(tx, tenant.id, { actor, action: 'school_year.rolled_over', details }, now)
      return rolled
    })
    parts.services.nudge()
    const path = `${officeOf(tenant)}/anno-scolastico`
    const result = { alunni: String(done.placements), iscrizioni: String(done.enrolments) }
    return context.redirect(address(path, { anno: fromYear, fatto: 'si', ...result }), 303)
  })
}

/** The year to leave: `?anno=`, or the one that ended last, which until the autumn is the year before today's. */
function endingYear(context: PageContext, today: RomeDate): string {
  const current = schoolYearOf(today)
  const before = schoolYearAfter(current, -1)
  const asked = context.req.query('anno')
  if (asked === current || asked === before) return asked
  const month = Number(today.slice(5, 7))
  return month >= 8 && month <= 10 ? before : current
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  fields: Fields,
  errors: Readonly<Record<string, string>>,
): Promise<RolloverView> {
  const { tenant, language } = context.var
  const { db, clock } = parts.services
  const t = translator(language)
  const base = officeOf(tenant)
  const today = romeDate(clock.now())
  const fromYear = endingYear(context, today)
  const current = schoolYearOf(today)
  const proposals = await inTenant(db, tenant.id, (tx) => proposeRollover(tx, tenant.id, fromYear))
  const count = (name: string) => Number.parseInt(context.req.query(name) ?? '', 10) || 0
  const text = t('rollover.done', { children: count('alunni'), enrolments: count('iscrizioni') })
  const alerts: Alert[] = context.req.query('fatto') ? [{ kind: 'success', text }] : []
  const schools = [...new Set(proposals.map(({ schoolId }) => schoolId))]
  return {
    ...frame(parts, context, 'schools', alerts),
    parentHref: `${base}/scuole`,
    fromYear,
    toYear: schoolYearAfter(fromYear),
    years: [schoolYearAfter(current, -1), current].map((value) => ({
      value,
      label: t('rollover.from_to', { from: value, to: schoolYearAfter(value) }),
      selected: value === fromYear,
    })),
    unknown: proposals.filter(({ next, children }) => next.kind === 'unknown' && children > 0).length,
    schools: schools.map((schoolId) => {
      const own = proposals.filter((one) => one.schoolId === schoolId)
      return { name: own[0]!.schoolName, classes: own.map(row) }
    }),
    errors,
  }

  function row({ classId, name, children, placed, next }: ClassProposal) {
    const proposed = next.kind === 'class' ? 'passa' : next.kind === 'leave' ? 'esce' : 'attendi'
    const chosen = fields[`azione-${classId}`] ?? proposed
    return {
      name,
      children,
      placed,
      isUnknown: next.kind === 'unknown',
      stepField: `azione-${classId}`,
      steps: STEPS.map((value) => ({
        value,
        label: t(`rollover.step.${value}`),
        selected: value === chosen,
      })),
      nameField: `nome-${classId}`,
      nextName: fields[`nome-${classId}`] ?? (next.kind === 'class' ? next.name : ''),
      error: errors[`nome-${classId}`] ?? '',
    }
  }
}
