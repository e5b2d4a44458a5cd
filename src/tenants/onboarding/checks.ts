import { brandingSchema, creditorSchema, policiesSchema, type Creditor, type Policies } from '#core/tenant.ts'
import { isPostalIban } from './iban.ts'
import type { Column, Field } from './fields.ts'
import { fieldsOf, ROUTING_FIELDS, type SettingsSection } from './sections.ts'
import { take, type Settled } from './settled.ts'

/** What is wrong, by the field's name: keys under `onboarding.problem`. */
export type Problems = Readonly<Record<string, string>>

const SCHEMAS = { branding: brandingSchema, policies: policiesSchema, creditor: creditorSchema } as const

/** What is wrong with the values of a section that each can be read: rules of the schema, and of fields together. */
export function problemsOf(section: SettingsSection, before: Settled, next: Settled): Problems {
  const fields = fieldsOf(section)
  const problems: Record<string, string> = {}
  for (const [column, schema] of Object.entries(SCHEMAS)) {
    if (!fields.some(({ at: [own] }) => own === column)) continue
    for (const { path } of schema.safeParse(next[column as Column]).error?.issues ?? []) {
      const field = fields.find((one) => isAt(one, [column, ...path.map(String)]))
      problems[(field ?? fields[0]!).name] ??= field?.name ?? 'whole_section'
    }
  }
  for (const [name, problem] of together(section, before, next)) problems[name] ??= problem
  return problems
}

/** A field, or what lies inside it, or the object that it lies in where that is wrong as a whole. */
function isAt({ at }: Field, path: readonly string[]): boolean {
  const shorter = Math.min(at.length, path.length)
  return at.slice(0, shorter).join('.') === path.slice(0, shorter).join('.') && shorter > 1
}

function together(section: SettingsSection, before: Settled, next: Settled): [string, string][] {
  if (section === 'creditor') return creditorProblems(before, next)
  if (section === 'policies') return amountProblems(next.policies as Policies)
  return []
}

function creditorProblems(before: Settled, next: Settled): [string, string][] {
  const creditor = next.creditor as Creditor
  const problems: [string, string][] = []
  if (!/^\d{11}$/.test(String(next.creditor_fiscal_code)))
    problems.push(['creditorFiscalCode', 'eleven_digits'])
  if (!/^\d{2}$/.test(String(next.segregation_code))) problems.push(['segregationCode', 'two_digits'])
  if (creditor.postalIban !== undefined && !isPostalIban(creditor.postalIban))
    problems.push(['postalIban', 'postal_iban'])
  for (const name of ['serviceId', 'serviceSubjectId'] as const) {
    const code = name === 'serviceId' ? next.service_id : next.service_subject_id
    if (code !== null && (code as string).length !== 5) problems.push([name, 'five_characters'])
  }
  if ((next.service_id === null) !== (next.service_subject_id === null))
    problems.push([next.service_id === null ? 'serviceId' : 'serviceSubjectId', 'both_services'])
  if (before.live_since === null) return problems
  // The form does not offer these any more: whoever sends them all the same is refused.
  const fixed = fieldsOf('creditor').filter(({ name }) => ROUTING_FIELDS.includes(name))
  for (const { name, at } of fixed)
    if (take(before, at) !== take(next, at)) problems.push([name, 'fixed_when_live'])
  return problems
}

function amountProblems({ minimumCents, maximumCents, suggestedCents }: Policies): [string, string][] {
  if (minimumCents > maximumCents) return [['maximumCents', 'below_minimum']]
  const fits = suggestedCents.every((cents) => cents >= minimumCents && cents <= maximumCents)
  return fits ? [] : [['suggestedCents', 'suggested_outside']]
}
