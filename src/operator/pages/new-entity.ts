import { z } from 'zod'
import { DomainError } from '#core/errors.ts'
import { parseBodyCode } from '#core/fiscal-code.ts'
import { translator, type Language } from '#core/i18n.ts'
import { creditorSchema } from '#core/tenant.ts'
import { formFields } from '#pages/form.ts'
import type { FieldErrors } from '#pages/view.ts'
import { takeAboard } from '#tenants/operators/first-administrator.ts'
import { entityFrom, slugOf, USUAL } from '#tenants/new-entity.ts'
import { operatorRoute } from '../access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorContext, type OperatorParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { NEW_ENTITY_FIELDS, type NewEntityField, type NewEntityView } from '../views/pages.ts'

type Fields = Readonly<Record<string, string>>

/** Those that most leave as they are proposed; they lie folded away. */
const FOLDED: readonly NewEntityField[] = [
  'broker',
  'station',
  'iban',
  'serviceId',
  'serviceSubjectId',
  'categoryLabel',
  'taxonomy',
]

/** `/gestione/enti/nuovo`: takes an entity aboard as a draft, and invites its first administrator. */
export function newEntityRoutes(app: OperatorApp, parts: OperatorParts): void {
  const { services, registry } = parts

  operatorRoute(app, 'GET /enti/nuovo', (context) =>
    page(parts, context, 'operator/new-entity', view(parts, context, PROPOSED, {})),
  )

  operatorRoute(app, 'POST /enti/nuovo', async (context, { operatorId }) => {
    const { language } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, operatorId)
    const read = form.safeParse(fields)
    if (!read.success) return again(context, fields, errorsOf(read.error, language), 422)
    const { email, ...facts } = read.data
    const entity = entityFrom(facts, 'draft', parts.channels)
    try {
      await takeAboard(services, entity, { email, language }, { kind: 'operator', id: operatorId })
    } catch (error) {
      const field =
        error instanceof DomainError && error.code === 'tenant.conflict' && FIELD_OF[error.details.field!]
      if (!field) throw error
      const told = { [field]: translator(language)(`entities.new.taken.${field}`) }
      return again(context, { ...fields, slug: entity.slug }, told, 409)
    }
    registry.forget()
    return context.redirect(`${OPERATOR_PATH}/enti/${entity.slug}?fatto=creato`, 303)
  })

  function again(
    context: OperatorContext,
    fields: Fields,
    errors: FieldErrors<NewEntityField>,
    status: 409 | 422,
  ): Response {
    return page(parts, context, 'operator/new-entity', view(parts, context, fields, errors), status)
  }
}

const PROPOSED: Fields = { categoryLabel: USUAL.categoryLabel, taxonomy: USUAL.taxonomy }

/** Which field names the thing that another entity has. */
const FIELD_OF: Readonly<Record<string, NewEntityField>> = {
  slug: 'slug',
  segregation_code: 'segregationCode',
  ipa_code: 'ipaCode',
  service_subject_id: 'serviceSubjectId',
}

const bodyCode = z.string().transform((text, check) => {
  const code = parseBodyCode(text)
  if (code === undefined) check.addIssue('wrong code')
  return code ?? ''
})
const optional = (schema: z.ZodType<string, string>) =>
  z
    .string()
    .trim()
    .default('')
    .transform((text) => (text === '' ? undefined : text))
    .pipe(schema.optional())
const service = z.string().length(5)

const form = z
  .object({
    name: z.string().trim().min(1).max(100),
    slug: optional(z.string().regex(/^[a-z0-9][a-z0-9-]{1,39}$/)),
    creditorFiscalCode: bodyCode,
    segregationCode: z
      .string()
      .trim()
      .regex(/^\d{2}$/),
    ipaCode: optional(z.string().max(20)),
    broker: optional(bodyCode),
    station: optional(z.string().max(35)),
    iban: z
      .string()
      .default('')
      .transform((text) => text.replace(/\s/g, '').toUpperCase() || undefined)
      .pipe(creditorSchema.shape.iban.optional()),
    serviceId: optional(service),
    serviceSubjectId: optional(service),
    categoryLabel: optional(z.string().max(60)),
    taxonomy: optional(z.string().max(140)),
    email: z.string().trim().toLowerCase().pipe(z.email().max(256)),
  })
  .refine(({ name, slug }) => slug !== undefined || slugOf(name).length > 1, { path: ['slug'] })
  .refine((one) => (one.serviceId === undefined) === (one.serviceSubjectId === undefined), {
    path: ['serviceSubjectId'],
  })

function errorsOf(error: z.ZodError, language: Language): FieldErrors<NewEntityField> {
  const t = translator(language)
  const wrong = new Set(error.issues.map(({ path }) => path[0] as NewEntityField))
  // In the order of the page.
  const names = NEW_ENTITY_FIELDS.filter((name) => wrong.has(name))
  return Object.fromEntries(names.map((name) => [name, t(`entities.new.error.${name}`)]))
}

function view(
  parts: OperatorParts,
  context: OperatorContext,
  fields: Fields,
  errors: FieldErrors<NewEntityField>,
): NewEntityView {
  const values = Object.fromEntries(NEW_ENTITY_FIELDS.map((name) => [name, fields[name] ?? '']))
  return {
    ...frame(parts, context, 'entities'),
    values: values as NewEntityView['values'],
    errors,
    isMoreOpen: FOLDED.some((name) => errors[name] !== undefined),
  }
}
