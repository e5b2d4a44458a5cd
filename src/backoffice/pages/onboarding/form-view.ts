import { translator, type Language, type Translate } from '#core/i18n.ts'
import type { PageContext } from '#pages/context.ts'
import type { Alert } from '#pages/view.ts'
import type { Field } from '#tenants/onboarding/fields.ts'
import type { Step } from '#tenants/onboarding/preflight.ts'
import { fieldsOf, type SettingsSection } from '#tenants/onboarding/sections.ts'
import type { SectionState } from '#tenants/onboarding/settings.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { frame } from '../../frame.ts'
import type { SettingsField, SettingsFormView, SettingsView } from '../../views/onboarding.ts'

/** The checklist's address under an entity's office. */
export const CHECKLIST = '/avvio'

/** What every page of the settings has, with its own words; `fatto` in the address tells that something was just saved. */
export function settingsView(
  parts: OfficeParts,
  context: PageContext,
  step: Step,
  errors: Readonly<Record<string, string>> = {},
): SettingsView {
  const { tenant, language } = context.var
  const t = translator(language)
  return {
    ...frame(parts, context, 'settings', savedAlerts(context)),
    parentHref: officeOf(tenant) + CHECKLIST,
    parentLabel: t(titleKey(tenant.liveSince)),
    title: t(`onboarding.step.${step}`),
    lead: t(`onboarding.step.${step}.lead`),
    next: t(`onboarding.step.${step}.next`),
    errors,
  }
}

/** Tells that something was just saved, after {@link savedAt}. */
export function savedAlerts(context: PageContext): Alert[] {
  if (context.req.query('fatto') !== 'salvato') return []
  return [{ kind: 'success', text: translator(context.var.language)('onboarding.saved') }]
}

/** Before an entity is live the same pages are its way there, afterwards its settings. */
export function titleKey(liveSince: Date | null): string {
  return liveSince === null ? 'onboarding.title' : 'onboarding.title_live'
}

/**
 * Where saving a page leads: before the entity is live to the checklist, which tells what comes next; afterwards to the
 * page itself. Both say that it is saved.
 */
export function savedAt({ var: { tenant } }: PageContext, path: string): string {
  return `${officeOf(tenant)}${tenant.liveSince === null ? CHECKLIST : path}?fatto=salvato`
}

/** What was typed into the fields of a section, as the settings read it: boxes that are not ticked say no. */
export function typedOf(
  fields: readonly Field[],
  posted: Readonly<Record<string, string>>,
): Record<string, string> {
  const pairs = fields.map((field): [string, string] => {
    if (field.kind === 'flag') return [field.name, posted[field.name] === 'si' ? 'si' : 'no']
    if (field.kind !== 'choices') return [field.name, posted[field.name] ?? '']
    const chosen = (field.options ?? []).filter((option) => posted[`${field.name}-${option}`] === 'si')
    return [field.name, chosen.join(' ')]
  })
  return Object.fromEntries(pairs)
}

/** What is wrong, in words, by field. */
export function problemTexts(
  problems: Readonly<Record<string, string>>,
  t: Translate,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(problems).map(([name, problem]) => [name, t(`onboarding.problem.${problem}`)]),
  )
}

/** A field of the settings for its form. */
export function fieldView(
  field: Field,
  value: string,
  error: string | undefined,
  language: Language,
): SettingsField {
  const t = translator(language)
  const { name, kind, options = [] } = field
  const chosen = kind === 'choices' ? value.split(' ') : [value]
  return {
    name,
    label: t(`onboarding.field.${name}`),
    hint: t(`onboarding.field.${name}.hint`),
    example: EXAMPLES_NOT_NEEDED.includes(kind) ? '' : t(`onboarding.field.${name}.example`),
    kind: kind === 'flag' || kind === 'choice' || kind === 'choices' ? kind : 'text',
    type: TYPES[kind] ?? 'text',
    inputmode: kind === 'amount' ? 'decimal' : kind === 'whole' ? 'numeric' : '',
    maxlength: kind === 'iban' ? '40' : String(field.maxLength ?? ''),
    value,
    required: field.required ?? false,
    need: needOf(field, t),
    checked: value === 'si',
    options: options.map((option) => ({
      value: option,
      label: t(`onboarding.option.${option}`),
      selected: chosen.includes(option),
    })),
    error: error ?? '',
  }
}

function needOf({ required, neededLive }: Field, t: Translate): string {
  if (required) return ''
  return t(neededLive ? 'onboarding.needed_live' : 'portal.form.optional')
}

const EXAMPLES_NOT_NEEDED: readonly Field['kind'][] = ['flag', 'choice', 'choices', 'day']
const TYPES: Readonly<Partial<Record<Field['kind'], SettingsField['type']>>> = {
  link: 'url',
  email: 'email',
  day: 'date',
}

/** What somebody else made of the fields, beside what was typed here, where the two differ. */
export function conflictRows(
  section: SettingsSection,
  current: SectionState,
  typed: Readonly<Record<string, string>>,
  t: Translate,
): SettingsFormView['conflict'] {
  const shown = (text: string) => (text === 'si' || text === 'no' ? t(`onboarding.${text}`) : text)
  return fieldsOf(section)
    .filter(({ name }) => typed[name] !== undefined && current.values[name] !== typed[name].trim())
    .map(({ name }) => ({
      label: t(`onboarding.field.${name}`),
      current: shown(current.values[name]!),
      typed: shown(typed[name]!),
    }))
}
