import type { Services } from './services.ts'
import { letterheadOf } from './desk.ts'
import { translator, type Language } from './i18n.ts'
import type { Message } from './mail.ts'
import type { LetterEmailView } from './templates.ts'
import type { Tenant } from './tenant.ts'

/** An e-mail of one paragraph and at most one button. */
export interface Letter {
  /** Names the message: the id of its row in `emails`. */
  readonly id: string
  readonly to: string
  readonly language: Language
  /** Which texts: `email.<name>.subject`, `.title`, `.text`, `.note`, and `.button` where there is a path. */
  readonly name: string
  /** What the texts name in braces. */
  readonly values?: Readonly<Record<string, string | number>>
  /** Null where the address is not known to be the person's own: the letter then names nobody. */
  readonly recipientName: string | null
  /** Where the button leads, a path of this installation. */
  readonly path?: string
}

/** Writes a letter of the entity, in its look and the reader's language. */
export function composeLetter(
  { templates, config }: Pick<Services, 'templates' | 'config'>,
  tenant: Tenant,
  { id, to, language, name, values, recipientName, path }: Letter,
): Message {
  const t = translator(language)
  const say = (part: string) => t(`email.${name}.${part}`, values)
  const view: LetterEmailView = {
    entity: letterheadOf(tenant),
    recipientName,
    title: say('title'),
    text: say('text'),
    button: path === undefined ? null : { label: say('button'), href: new URL(path, config.PUBLIC_URL).href },
    note: say('note'),
  }
  return {
    id,
    to,
    subject: say('subject'),
    html: templates.render('emails/letter.html', view, language),
    text: templates.render('emails/letter.text', view, language),
  }
}
