import { html } from 'hono/html'
import { message } from '../web/components.ts'
import type { Html } from '../web/page.ts'

/** The forms of the page; each has a section of that id. */
export const FORMS = {
  ricevute: 'L’ordine è preso: vale dalla prossima ricevuta.',
  standin: 'Fatto: il Nodo paga così da adesso.',
  'a-mano': 'La ricevuta è partita: l’esito è tra le ricevute del Nodo.',
  giornata: 'La giornata è chiusa: i flussi nuovi sono nell’elenco.',
  flusso: 'Il flusso è pubblicato.',
  massa: 'Il flusso è pubblicato.',
  servizi: 'Fatto: il servizio si comporta così da adesso.',
} as const

export type FormName = keyof typeof FORMS

/** What somebody typed into one of the forms that could not be taken, and why. */
export interface Typed {
  readonly form: FormName
  readonly values: Readonly<Record<string, string>>
  readonly problem: string
}

/** The value to show in a field: what was typed there, else `usual`. */
export function valueOf(typed: Typed | undefined, form: FormName, name: string, usual = ''): string {
  return typed?.form === form ? (typed.values[name] ?? '') : usual
}

/** One part of the page: its title, a sentence, and above the form what became of it. */
export function section(parts: {
  readonly form: FormName
  readonly title: string
  readonly text: string
  readonly body: Html
  readonly typed?: Typed | undefined
  readonly done?: FormName | undefined
}): Html {
  const { form, title, text, body, typed, done } = parts
  return html`<section id="${form}" aria-labelledby="${form}-titolo">
    <h2 id="${form}-titolo">${title}</h2>
    <p>${text}</p>
    ${typed?.form === form ? message('alert', 'L’ordine non è stato preso.', typed.problem) : ''}
    ${done === form ? message('ok', FORMS[form]) : ''} ${body}
  </section>`
}
