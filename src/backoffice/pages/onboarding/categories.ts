import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import {
  categoryProblems,
  readCategories,
  saveCategory,
  type CategoriesState,
  type Category,
} from '#tenants/onboarding/categories.ts'
import type { Field } from '#tenants/onboarding/fields.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { page } from '../../frame.ts'
import type { CategoriesView } from '../../views/onboarding.ts'
import { fieldView, settingsView } from './form-view.ts'

const PATH = '/avvio/servizi'
const FIELDS = [
  { name: 'code', kind: 'text', at: ['name'], required: true, maxLength: 20 },
  { name: 'label', kind: 'text', at: ['name'], required: true, maxLength: 60 },
  { name: 'paymentDescription', kind: 'text', at: ['name'], required: true, maxLength: 90 },
  { name: 'taxonomyCode', kind: 'text', at: ['name'], required: true, maxLength: 12 },
] as const satisfies readonly Field[]
const NEW = 'nuovo'

interface Shown {
  /** The service whose form was sent, as it was typed. */
  readonly typed?: { readonly of: string; readonly category: Category }
  readonly errors?: Readonly<Record<string, string>>
  readonly conflict?: boolean
}

/** `{base}/avvio/servizi`: what families top up, and what each payment is in pagoPA's taxonomy. */
export function categoryRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { db, clock } = parts.services
  const show = async (context: PageContext, shown: Shown, status: 200 | 409 | 422 = 200) =>
    page(
      parts,
      context,
      'office/categories',
      view(parts, context, await readCategories(db, context.var.tenant.id), shown),
      status,
    )

  officeRoute(app, `GET ${PATH}`, (context) => show(context, {}))

  officeRoute(app, `POST ${PATH}`, async (context, { accountId }) => {
    const { tenant, language } = context.var
    const t = translator(language)
    const posted = await formFields(context)
    parts.forms.check(posted.form, accountId)
    const of = posted.servizio || NEW
    const text = (name: string) => (posted[`${name}-${of}`] ?? '').trim()
    const category: Category = {
      code: of === NEW ? text('code').toUpperCase() : of,
      label: text('label'),
      paymentDescription: text('paymentDescription'),
      taxonomyCode: text('taxonomyCode').toUpperCase(),
    }
    const { categories } = await readCategories(db, tenant.id)
    const isThere = categories.some(({ code }) => code === category.code)
    const problems = {
      ...categoryProblems(category),
      ...(of === NEW && isThere && { code: 'category_there' }),
      ...(of !== NEW && !isThere && { code: 'category_code' }),
    }
    const wrong = Object.entries(problems)
    if (wrong.length > 0) {
      const errors = Object.fromEntries(
        wrong.map(([name, problem]) => [`${name}-${of}`, t(`onboarding.problem.${problem}`)]),
      )
      return show(context, { typed: { of, category }, errors }, 422)
    }
    const asked = { seen: posted.version ?? '', accountId }
    if ((await saveCategory(db, tenant.id, category, asked, clock.now())) === 'conflict')
      return show(context, { typed: { of, category }, conflict: true }, 409)
    return context.redirect(`${officeOf(tenant)}${PATH}?fatto=salvato`, 303)
  })
}

function view(
  parts: OfficeParts,
  context: PageContext,
  { categories, version }: CategoriesState,
  { typed, errors = {}, conflict = false }: Shown,
): CategoriesView {
  const { tenant, language } = context.var
  const t = translator(language)
  const empty: Category = { code: '', label: '', paymentDescription: '', taxonomyCode: '' }
  const form = (of: string, stored: Category) => {
    const shown = typed?.of === of ? typed.category : stored
    return {
      code: of,
      title: of === NEW ? t('onboarding.categories.new') : stored.label,
      open: typed ? typed.of === of : categories.length < 2 && (of !== NEW || categories.length === 0),
      isNew: of === NEW,
      fields: FIELDS.filter(({ name }) => of === NEW || name !== 'code').map((field) => ({
        ...fieldView(field, shown[field.name], errors[`${field.name}-${of}`], language),
        name: `${field.name}-${of}`,
      })),
    }
  }
  return {
    ...settingsView(parts, context, 'services', errors),
    action: officeOf(tenant) + PATH,
    version,
    conflict,
    categories: [...categories.map((one) => form(one.code, one)), form(NEW, empty)],
  }
}
