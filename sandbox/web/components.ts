import { html } from 'hono/html'
import type { FaultAnswer } from '../node/faults.ts'
import { METHODS, offering } from '../node/psps.ts'
import type { Method } from '../node/psps.ts'
import { formatEuro } from '../wire/money.ts'
import { formatInstant } from '../wire/calendar.ts'
import type { Html } from './page.ts'

export interface FieldOptions {
  readonly name: string
  /** Where a page has the same name in several forms; the name by default. */
  readonly id?: string
  readonly label: string
  readonly value?: string
  readonly hint?: string
  readonly error?: string | undefined
  readonly type?: 'text' | 'email' | 'number'
  readonly inputmode?: 'numeric' | 'decimal' | 'email' | 'text'
  readonly autocomplete?: string
  readonly required?: boolean
  readonly suffix?: string
}

/** A labelled input with its hint and its error tied to it. */
export function field(options: FieldOptions): Html {
  const {
    name,
    label,
    value = '',
    hint,
    error,
    type = 'text',
    inputmode = 'text',
    autocomplete = 'off',
    id = name,
  } = options
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return html`<div class="field${error ? ' has-error' : ''}">
    <label for="${id}">${label}</label>
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}
    <div class="input-row">
      <input
        id="${id}"
        name="${name}"
        type="${type}"
        value="${value}"
        inputmode="${inputmode}"
        autocomplete="${autocomplete}"
        spellcheck="false"
        ${options.required ? html` required` : ''}${described ? html` aria-describedby="${described}"` : ''}${error ? html` aria-invalid="true"` : ''}
      />${options.suffix ? html`<span class="suffix" aria-hidden="true">${options.suffix}</span>` : ''}
    </div>
    ${error ? html`<p class="error" id="${id}-error">${error}</p>` : ''}
  </div>`
}

/** A labelled choice of one of few. */
export function choice(options: {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly chosen?: string
  readonly options: readonly (readonly [value: string, text: string])[]
}): Html {
  const { id, name, label, hint, chosen = '' } = options
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}
    <div class="input-row">
      <select id="${id}" name="${name}" ${hint ? html` aria-describedby="${id}-hint"` : ''}>
        ${options.options.map(([value, text]) => html`<option value="${value}" ${value === chosen ? html` selected` : ''}>${text}</option>`)}
      </select>
    </div>
  </div>`
}

/** A box to tick, or one of several radio buttons, with its label around it. */
export function tick(options: {
  readonly type: 'checkbox' | 'radio'
  readonly name: string
  readonly value?: string
  readonly label: string
  readonly checked?: boolean
}): Html {
  const { type, name, value = 'on', label, checked = false } = options
  return html`<label class="check"
    ><input type="${type}" name="${name}" value="${value}" ${checked ? html` checked` : ''} /> ${label}</label
  >`
}

/** A notice number as people read it, in groups of four. */
export function noticeNumberText(noticeNumber: string): Html {
  return html`<span class="notice-number">${noticeNumber.replace(/(\d{4})(?=\d)/g, '$1 ')}</span>`
}

/** A hidden input. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`
}

/** Names and values; the last row is the total where `total` is set. */
export function facts(rows: readonly (readonly [name: string, value: string | Html])[], total = false): Html {
  return html`<dl class="facts${total ? ' with-total' : ''}">
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

/** A message that stands out; `alert` for what went wrong. */
export function message(
  kind: 'ok' | 'wait' | 'alert' | 'info',
  title: string,
  body: string | Html = '',
): Html {
  return html`<div class="message ${kind}" role="${kind === 'alert' ? 'alert' : 'status'}">
    <p class="message-title">${title}</p>
    ${body ? html`<div>${body}</div>` : ''}
  </div>`
}

/** A refusal of the Node, with the creditor's own words where it was the creditor who refused. */
export function faultMessage(fault: FaultAnswer): Html {
  const code = fault.originalFaultCode ?? fault.faultCode
  return message(
    'alert',
    fault.originalFaultString ?? fault.faultString,
    html`<p>${fault.originalDescription ?? fault.description}</p>
      <p>
        <code>${code}</code
        >${code === fault.faultCode ? '' : html` <span class="quiet">dentro</span> <code>${fault.faultCode}</code>`}
      </p>`,
  )
}

/** A small word of state. */
export function badge(kind: 'ok' | 'wait' | 'alert' | 'info', text: string): Html {
  return html`<span class="badge ${kind}">${text}</span>`
}

/** The PSPs that offer a method, as radio buttons, cheapest first. */
export function pspChoice(method: Method, chosen?: string): Html {
  const offers = offering(method)
  const selected = chosen ?? offers[0]?.psp.id
  return html`<fieldset class="choices">
    <legend>Chi gestisce il pagamento</legend>
    ${offers.map(
      ({ psp, feeCents }) =>
        html`<label class="choice"
          ><input
            type="radio"
            name="psp"
            value="${psp.id}"
            ${psp.id === selected ? html` checked` : ''}
            required
          /><span class="choice-text">${psp.name}</span
          ><span class="choice-side">${formatEuro(feeCents)}<small>commissione</small></span></label
        >`,
    )}
  </fieldset>`
}

/** How a method is called on pages. */
export function methodLabel(method: Method): string {
  return METHODS[method].label
}

/** An instant of the log, machine-readable too. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${formatInstant(new Date(iso))}</time>`
}
