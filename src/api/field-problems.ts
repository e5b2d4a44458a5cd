import type { z } from '@hono/zod-openapi'
import { translator, type Language, type Translate } from '#core/i18n.ts'

/** What is wrong with one field: its path, as `items.0.amountCents`, and a sentence for people. */
export interface FieldProblem {
  path: string
  message: string
}

/** As many as help; a hostile request gets no longer answer than an honest one. */
const SHOWN_MAX = 20

/** What a schema found wrong, in the caller's language. `raw` is what was sent. */
export function explain(
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
  language: Language,
): FieldProblem[] {
  const t = translator(language)
  return issues.flatMap((issue) => problemsOf(issue, raw, t)).slice(0, SHOWN_MAX)
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown, t: Translate): FieldProblem[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    const message = t('api.field.unknown')
    return issue.keys.map((key) => ({ path: shown([...path, key]), message }))
  }
  return [{ path: shown(path), message: messageOf(issue, valueAt(raw, path), t) }]
}

function messageOf(issue: z.core.$ZodIssue, value: unknown, t: Translate): string {
  if (value === undefined) return t('api.field.missing')
  switch (issue.code) {
    case 'too_small':
      return t('api.field.too_small', { minimum: String(issue.minimum) })
    case 'too_big':
      return t('api.field.too_big', { maximum: String(issue.maximum) })
    case 'invalid_value':
      return t('api.field.value', { values: issue.values.map(String).join(', ') })
    case 'invalid_type':
      return t('api.field.type', { type: issue.expected })
    default:
      return t('api.field.format')
  }
}

function valueAt(raw: unknown, path: readonly string[]): unknown {
  let value = raw
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** A field's name comes from outside: it is cut, since it is sent back. */
function shown(path: readonly string[]): string {
  return path.join('.').slice(0, 200)
}
