import { translator } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { STEPS, type Step } from '#tenants/onboarding/preflight.ts'
import { fieldsOf, ROUTING_FIELDS, type SettingsSection } from '#tenants/onboarding/sections.ts'
import { draftOf, readSection, saveSection, type SectionState } from '#tenants/onboarding/settings.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { type OfficeRoute } from '../../routes.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { page } from '../../frame.ts'
import type { SettingsFormView, SettingsPanel } from '../../views/onboarding.ts'
import { conflictRows, fieldView, problemTexts, savedAt, settingsView, typedOf } from './form-view.ts'
import { policyEffects, shownOf } from './policy-effects.ts'

/** How a section's page is laid out: its panels, each with the fields it holds. */
interface SectionPage {
  readonly step: Extract<Step, SettingsSection>
  readonly panels: Readonly<Record<string, readonly string[]>>
  /** Whether what the change would do is shown before it is saved. */
  readonly previews?: true
}

const PAGES: readonly SectionPage[] = [
  {
    step: 'contacts',
    panels: { entity: ['name', 'address', 'municipalityCode'], reach: ['phone', 'email', 'website'] },
  },
  { step: 'texts', panels: { service: ['serviceName', 'languages'], office: ['officeName', 'officeHours'] } },
  {
    step: 'legal',
    panels: {
      required: ['accessibilityDeclarationUrl', 'privacyUrl', 'legalNotesUrl', 'reportUrl'],
      more: ['faqUrl'],
    },
  },
  {
    step: 'creditor',
    panels: {
      routing: ROUTING_FIELDS,
      account: ['creditorName', 'iban', 'cbill'],
      post: ['postalIban', 'postalHolder', 'postalAuthorization'],
      counter: ['serviceId', 'serviceSubjectId'],
    },
  },
  {
    step: 'policies',
    previews: true,
    panels: {
      dates: ['pagopaOnlyFrom', 'passwordLoginUntil', 'staffIdentitySignIn'],
      amounts: ['minimumCents', 'maximumCents', 'suggestedCents'],
      notices: ['noticeValidityDays', 'latePaymentAllowed', 'noticeShowsDueDate', 'noticeSecondLanguage'],
      families: ['receiptCopyDelayDays', 'lowCreditMeals', 'mealTariffCents', 'selfEnrolment'],
    },
  },
]

/** The pages whose form is a section of the settings. */
export function sectionRoutes(app: OfficeApp, parts: OfficeParts): void {
  for (const section of PAGES) sectionPage(app, parts, section)
}

/** What the form shows besides what is stored. */
interface Shown {
  readonly typed?: Readonly<Record<string, string>>
  readonly errors?: Readonly<Record<string, string>>
  readonly conflict?: SettingsFormView['conflict']
  readonly effects?: SettingsFormView['effects']
  readonly shown?: string
}

function sectionPage(app: OfficeApp, parts: OfficeParts, layout: SectionPage): void {
  const { db, clock } = parts.services
  const { step } = layout
  const path = STEPS[step]
  const read = (context: PageContext) => readSection(db, context.var.tenant.id, step)

  officeRoute(app, `GET ${path}` as GetRoute, async (context) =>
    page(parts, context, 'office/settings-form', formOf(parts, context, layout, await read(context), {})),
  )

  officeRoute(app, `POST ${path}` as PostRoute, async (context, { accountId }) => {
    const { tenant, language } = context.var
    const t = translator(language)
    const posted = await formFields(context)
    parts.forms.check(posted.form, accountId)
    const state = await read(context)
    const offered = fieldsOf(step).filter(({ name }) => !isFixed(name, state))
    const typed = typedOf(offered, posted)
    const again = (shown: Shown, status: 200 | 409 | 422, of = state) =>
      page(
        parts,
        context,
        'office/settings-form',
        formOf(parts, context, layout, of, { typed, ...shown }),
        status,
      )
    if (layout.previews && posted.shown !== shownOf(typed)) {
      const draft = draftOf(step, state.settled, typed)
      if ('problems' in draft) return again({ errors: problemTexts(draft.problems, t) }, 422)
      const effects = await policyEffects(parts, context, state.settled, draft.next)
      // What was changed by somebody else meanwhile is told at once, not after the second look.
      if (posted.version === state.version) return again({ effects, shown: shownOf(typed) }, 200)
    }
    const asked = { seen: posted.version ?? '', typed, actor: { kind: 'staff', id: accountId } as const }
    const result = await saveSection(db, tenant.id, step, asked, clock.now())
    if (result.kind === 'invalid') return again({ errors: problemTexts(result.problems, t) }, 422)
    if (result.kind === 'conflict')
      return again({ conflict: conflictRows(step, result.current, typed, t) }, 409, result.current)
    parts.registry.forget()
    return context.redirect(savedAt(context, path), 303)
  })
}

type GetRoute = Extract<OfficeRoute, `GET /avvio/${string}`>
type PostRoute = Extract<OfficeRoute, `POST /avvio/${string}`>

/** What routes payments stands still once the entity's money is real; the counter's service once it is said. */
function isFixed(name: string, { settled, values }: SectionState): boolean {
  if (settled.live_since === null) return false
  return ROUTING_FIELDS.includes(name) || (/^service(Id|SubjectId)$/.test(name) && values[name] !== '')
}

function formOf(
  parts: OfficeParts,
  context: PageContext,
  { step, panels, previews }: SectionPage,
  state: SectionState,
  { typed, errors = {}, conflict = [], effects = null, shown = '' }: Shown,
): SettingsFormView {
  const { tenant, language } = context.var
  const t = translator(language)
  const byName = new Map(fieldsOf(step).map((field) => [field.name, field]))
  const panelOf = ([id, names]: [string, readonly string[]]): SettingsPanel => {
    const open = names.filter((name) => !isFixed(name, state))
    return {
      id,
      title: t(`onboarding.panel.${step}.${id}`),
      text: open.length < names.length ? t('onboarding.fixed') : t(`onboarding.panel.${step}.${id}.text`),
      fields: open.map((name) =>
        fieldView(byName.get(name)!, typed?.[name] ?? state.values[name]!, errors[name], language),
      ),
      facts: names
        .filter((name) => isFixed(name, state))
        .map((name) => ({ label: t(`onboarding.field.${name}`), value: state.values[name]! })),
    }
  }
  return {
    ...settingsView(parts, context, step, errors),
    action: officeOf(tenant) + STEPS[step],
    version: state.version,
    panels: Object.entries(panels).map(panelOf),
    conflict,
    effects,
    shown,
    previews: previews ?? false,
  }
}
