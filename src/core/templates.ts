import { readFileSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'
import Handlebars from 'handlebars'
import { formatDate, formatDateTime } from './clock.ts'
import type { RomeDate } from './clock.ts'
import { invariant } from './errors.ts'
import { translator } from './i18n.ts'
import type { Language, Translate } from './i18n.ts'
import { formatMoney } from './money.ts'
import { namedDay } from './named-day.ts'

/** The pages and messages on disk, compiled. */
export interface Templates {
  /**
   * Fills a template, `pages/home` or `emails/notice.html`, in the reader's language.
   * A field that the template prints and the view lacks throws: a page never shows a hole.
   */
  render(name: string, view: object, language: Language): string
}

/** Who writes an e-mail, as its templates show it. */
export interface EmailEntity {
  readonly name: string
  /** Its colour, `#rrggbb`, dark enough for white text. */
  readonly primary: string
  /** Where to get help: an address or a telephone number. */
  readonly contact: string | null
}

/** `emails/notice.html` and `.text`; the subject is `email.notice.subject` with `number`. */
export interface NoticeEmailView {
  readonly entity: EmailEntity
  /** Null when the message goes to an address other than the adult's own: it then names nobody. */
  readonly recipientName: string | null
  readonly amountCents: bigint
  readonly description: string
  readonly noticeNumber: string
  readonly creditor: { readonly name: string; readonly fiscalCode: string }
  readonly dueOn: RomeDate
  readonly href: string
}

/** `emails/letter.html` and `.text`: one paragraph, at most one button, and a line under it. Texts are written out. */
export interface LetterEmailView {
  readonly entity: EmailEntity
  readonly recipientName: string | null
  readonly title: string
  readonly text: string
  readonly button: { readonly label: string; readonly href: string } | null
  readonly note: string
}

interface Frame {
  readonly language: Language
  readonly translate: Translate
}

const defaultFolder = fileURLToPath(new URL('../../templates', import.meta.url))
const extension = '.hbs'

/**
 * Compiles every `.hbs` file of the folder at once, so that the first reader does not wait for it. Each is also a
 * partial under its own name (`{{> partials/field}}`, `{{#> layouts/page}}`). Markup in data is escaped; only
 * `*.text.hbs`, the plain text of an e-mail, is not markup and is left as it is.
 * @throws Error at once for a template that does not parse or calls a helper other than ours
 */
export function loadTemplates(folder: string = defaultFolder): Templates {
  const environment = Handlebars.create()
  for (const [name, helper] of Object.entries(helpers)) environment.registerHelper(name, helper)
  const compiled = new Map<string, Handlebars.TemplateDelegate>()
  for (const file of templateFiles(folder)) {
    const name = file.slice(0, -extension.length).split(sep).join('/')
    const template = compile(environment, name, readFileSync(join(folder, file), 'utf8'))
    compiled.set(name, template)
    environment.registerPartial(name, template)
  }
  return {
    render(name, view, language) {
      const template = compiled.get(name)
      invariant(template, `no template ${name}`)
      const data: Frame = { language, translate: translator(language) }
      return template(view, { data })
    },
  }
}

/** The templates of a folder, as paths relative to it, in a stable order. */
export function templateFiles(folder: string = defaultFolder): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith(extension)).toSorted()
}

function compile(environment: typeof Handlebars, name: string, source: string): Handlebars.TemplateDelegate {
  const specification = environment.precompile(source, {
    strict: true,
    // A partial sees what it is handed and nothing else: a forgotten `hint` must not be the page's own.
    explicitPartialContext: true,
    knownHelpers: Object.fromEntries(Object.keys(helpers).map((helper) => [helper, true])),
    knownHelpersOnly: true,
    noEscape: name.endsWith('.text'),
    preventIndent: true,
  }) as string
  // The specification is our own code out of our own file; it never contains what a person typed.
  return environment.template(
    runInThisContext(`(${specification})`, {
      filename: `templates/${name}${extension}`,
    }) as TemplateSpecification,
  )
}

/** All that a template may call besides `if`, `unless`, `each`, `with` and `lookup`. */
const helpers = {
  /** `{{t "portal.state" state count=3}}`: the message whose key is the words joined by dots. */
  t(this: unknown, ...parameters: unknown[]): string {
    const { hash, data } = parameters.pop() as Handlebars.HelperOptions
    const key = parameters.map((part) => text(part, 'a part of a message key')).join('.')
    return (data as Frame).translate(key, hash as Record<string, string>)
  },
  /** An amount in cents, with its currency. */
  money(value: unknown, { data }: Handlebars.HelperOptions): string {
    invariant(typeof value === 'bigint', `money needs cents as a bigint, not ${typeof value}`)
    return formatMoney(value, (data as Frame).language)
  },
  /** A Rome day: `23/11/2026`; `style="weekday"` adds its name, `"short"` is `23 nov`, `"long"` spells it out. */
  date(value: unknown, { data, hash }: Handlebars.HelperOptions): string {
    const day: RomeDate = text(value, 'a date')
    const { language } = data as Frame
    const style = (hash as { style?: string }).style
    if (style === 'weekday')
      return `${formatDate(day, language).slice(0, 5)}, ${namedDay(day, style, language)}`
    if (style === 'short' || style === 'long') return namedDay(day, style, language)
    return formatDate(day, language)
  },
  /** An instant as day and time in Rome. */
  datetime(value: unknown, { data }: Handlebars.HelperOptions): string {
    invariant(value instanceof Date, 'datetime needs a Date')
    return formatDateTime(value, (data as Frame).language)
  },
  /** An instant for the `datetime` attribute of `<time>`. */
  iso(value: unknown): string {
    invariant(value instanceof Date, 'iso needs a Date')
    return value.toISOString()
  },
  /** Groups the digits of a notice number in fours, as the printed notice does. */
  digits(value: unknown): string {
    return text(value, 'a number').replace(/(\d{4})(?=\d)/g, '$1 ')
  },
  eq(a: unknown, b: unknown): boolean {
    return a === b
  },
  positive(value: unknown): boolean {
    invariant(typeof value === 'bigint', `positive needs cents as a bigint, not ${typeof value}`)
    return value > 0n
  },
  or(...parameters: unknown[]): unknown {
    return parameters.slice(0, -1).find(Boolean) ?? false
  },
} satisfies Record<string, Handlebars.HelperDelegate>

function text(value: unknown, what: string): string {
  invariant(typeof value === 'string', `a template needs ${what} as text, not ${typeof value}`)
  return value
}
