import { audit } from '#core/audit.ts'
import { romeDate, type RomeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom, isId } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields, formWithFile } from '#pages/form.ts'
import { writeTariffCsv } from '#meals/tariff-csv.ts'
import { draftOf } from '#meals/tariff-draft.ts'
import { deletePlan, findPlan, isPlanOpen, type TariffPlan } from '#meals/tariff-plans.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import { refreshPrices } from '#tenants/people/refresh-prices.ts'
import { listSchools } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp, type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { page } from '../frame.ts'
import { answerEditor, editorView, type Edited } from './tariff-editor.ts'

/** One plan: read, changed while it is open, copied, taken away as a file. */
export function tariffRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { db, clock } = parts.services
  const today = () => romeDate(clock.now())

  officeRoute(app, 'GET /tariffe/nuovo', async (context) => {
    const { tenant } = context.var
    const edited = await newPlan(context)
    const copied = context.req.query('copia')
    const cells =
      copied && isId(copied)
        ? (await inTenant(db, tenant.id, (tx) => findPlan(tx, tenant.id, copied))).cells
        : []
    return page(parts, context, 'office/tariff', await editorView(parts, context, edited, draftOf(cells)))
  })

  officeRoute(app, 'POST /tariffe/nuovo', async (context, staff) => {
    const { fields, file } = await formWithFile(context, 'file')
    parts.forms.check(fields.form, staff.accountId)
    return answerEditor(parts, context, staff, await newPlan(context), fields, file)
  })

  officeRoute(app, 'GET /tariffe/:id', async (context, { role }) => {
    const { plan, isOpen } = await planOf(context)
    const mayEdit = isOpen && mayUse(role, 'POST /tariffe/:id')
    const edited = { ...plan, planId: plan.id, mayEdit, mayCopy: mayUse(role, 'POST /tariffe/nuovo') }
    return page(
      parts,
      context,
      'office/tariff',
      await editorView(parts, context, await labelled(context, edited), draftOf(plan.cells)),
    )
  })

  officeRoute(app, 'POST /tariffe/:id', async (context, staff) => {
    const { fields, file } = await formWithFile(context, 'file')
    parts.forms.check(fields.form, staff.accountId)
    const { plan, isOpen } = await planOf(context)
    if (!isOpen) throw new DomainError('tariff.closed')
    const edited = await labelled(context, { ...plan, planId: plan.id, mayEdit: true, mayCopy: true })
    return answerEditor(parts, context, staff, edited, fields, file)
  })

  officeRoute(app, 'GET /tariffe/:id/csv', async (context) => {
    const { tenant } = context.var
    const { plan } = await planOf(context)
    const schools = await listSchools(db, tenant.id)
    const codeOf = (id: string) => schools.find((school) => school.id === id)?.code ?? ''
    return context.body(writeTariffCsv(plan.cells, codeOf), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="tariffe-${plan.category}-${plan.validFrom}.csv"`,
      'cache-control': 'no-store',
    })
  })

  officeRoute(app, 'POST /tariffe/:id/cancella', async (context, staff: Staff) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const planId = idFrom(context.req.param('id'))
    await inTenant(db, tenant.id, async (tx) => {
      const { category, validFrom } = await deletePlan(tx, tenant.id, planId, clock.now())
      await refreshPrices(tx, tenant.id, today())
      const actor = { kind: 'staff', id: staff.accountId } as const
      const subject = { kind: 'tariff_plan', id: planId }
      const details = { category, validFrom }
      await audit(tx, tenant.id, { actor, action: 'tariff.deleted', subject, details }, clock.now())
    })
    return context.redirect(`${officeOf(tenant)}/tariffe?fatto=cancellato`, 303)
  })

  async function planOf(context: PageContext) {
    const { tenant } = context.var
    const planId = idFrom(context.req.param('id'))
    return inTenant(db, tenant.id, async (tx) => {
      const plan = await findPlan(tx, tenant.id, planId)
      return { plan, isOpen: await isPlanOpen(tx, tenant.id, plan, today()) }
    })
  }

  async function newPlan(context: PageContext): Promise<Edited> {
    const categories = await categoriesOf(db, context.var.tenant.id)
    const asked = categories.find(({ code }) => code === context.req.query('servizio'))
    if (!asked) throw new DomainError('resource.not_found')
    const fresh = { planId: undefined, category: asked.code, validFrom: '' as RomeDate, note: '' }
    return { ...fresh, label: asked.label, mayEdit: true, mayCopy: true }
  }

  async function labelled(
    context: PageContext,
    plan: Omit<TariffPlan, 'id'> & Pick<Edited, 'planId' | 'mayEdit' | 'mayCopy'>,
  ): Promise<Edited> {
    const categories = await categoriesOf(db, context.var.tenant.id)
    const label = categories.find(({ code }) => code === plan.category)?.label
    return { ...plan, label: label ?? translator(context.var.language)('tariffs.service') }
  }
}
