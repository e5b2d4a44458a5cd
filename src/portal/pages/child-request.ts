import { z } from 'zod'
import { romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { translator } from '#core/i18n.ts'
import { once } from '#core/idempotency.ts'
import { formFields } from '#pages/form.ts'
import { initials } from '#pages/view.ts'
import { askForChild, CHILD_REQUEST_NOTE_MAX, childRequestsOf } from '#tenants/people/child-requests.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { ChildRequestField, ChildRequestRow, ChildRequestView } from '../views/household.ts'
import { ownerOf } from './own.ts'
import { REPEAT_WAIT_MS } from './top-up.ts'

const name = z.string().trim().min(1).max(60)
const request = z.object({
  firstName: name,
  lastName: name,
  school: z.string().trim().min(1).max(100),
  className: z.string().trim().min(1).max(40),
  fiscalCode: z
    .string()
    .trim()
    .transform((text, check) => {
      const code = text === '' ? null : parseFiscalCode(text)
      if (code === undefined) check.addIssue('wrong fiscal code')
      return code ?? null
    }),
  note: z.string().trim().max(CHILD_REQUEST_NOTE_MAX),
})

/** "Chiedi all’ufficio": a parent without the school's code asks for a child. */
export function childRequestRoutes(app: PortalApp, parts: PortalParts): void {
  const { services } = parts

  app.get('/:slug/iscrizioni/richiesta', (context) => {
    ownerOf(context)
    return page(parts, context, 'child-request', view(parts, context, {}, {}))
  })

  app.post('/:slug/iscrizioni/richiesta', async (context) => {
    const { tenant, language } = context.var
    const owner = ownerOf(context)
    const fields = await formFields(context)
    const key = parts.forms.check(fields.form, owner.accountId)
    const parsed = request.safeParse({ fiscalCode: '', note: '', ...fields })
    if (!parsed.success) {
      const t = translator(language)
      const names = new Set(parsed.error.issues.map(({ path }) => String(path[0])))
      const errors = Object.fromEntries([...names].map((one) => [one, t(`households.ask.error.${one}`)]))
      return page(parts, context, 'child-request', view(parts, context, fields, errors), 422)
    }
    // What is compared with a repetition is hashed: nothing of the child is kept with it.
    const content = JSON.stringify(parsed.data)
    try {
      await once(
        services.db,
        { ...owner, key, content },
        services.clock.now(),
        async () => {
          await askForChild(services, owner, parsed.data)
          return { status: 303, body: null }
        },
        REPEAT_WAIT_MS,
      )
      return context.redirect(`${baseOf(tenant)}/iscrizioni?fatto=richiesta`, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'child_request.too_many') throw error
      const refused = { firstName: faultText(error, language).detail }
      return page(parts, context, 'child-request', view(parts, context, fields, refused), 409)
    }
  })
}

/** The parent's requests, as the page of enrolments lists them. */
export async function childRequestRows(
  { services }: PortalParts,
  context: PortalContext,
): Promise<ChildRequestRow[]> {
  const requests = await childRequestsOf(services, ownerOf(context))
  return requests.map(({ firstName, lastName, createdAt, state, reason }) => ({
    childName: `${firstName} ${lastName}`,
    initials: initials(`${firstName} ${lastName}`),
    askedOn: romeDate(createdAt),
    state,
    reason: reason ?? null,
  }))
}

function view(
  parts: PortalParts,
  context: PortalContext,
  fields: Readonly<Record<string, string>>,
  errors: ChildRequestView['errors'],
): ChildRequestView {
  const value = (field: ChildRequestField) => fields[field] ?? ''
  return {
    ...frame(parts, context, null),
    parentHref: `${baseOf(context.var.tenant)}/iscrizioni`,
    noteMaximum: CHILD_REQUEST_NOTE_MAX,
    values: {
      firstName: value('firstName'),
      lastName: value('lastName'),
      school: value('school'),
      className: value('className'),
      fiscalCode: value('fiscalCode'),
      note: value('note'),
    },
    errors,
  }
}
