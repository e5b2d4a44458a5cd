import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** As much of JSON Schema as our document uses. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: (string | number | boolean)[]
  oneOf?: Schema[]
  anyOf?: Schema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  example?: string | number
}

const REFERENCE = '#/components/schemas/'

/** One word for a schema's type, with a link where it has a chapter of its own. */
export function typeName(schema: Schema): Markup {
  if (schema.$ref) {
    const name = schema.$ref.slice(REFERENCE.length)
    return html`<a href="#schema-${name}">${name}</a>`
  }
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) return html`${choices.map((one, index) => html`${index > 0 ? ' or ' : ''}${typeName(one)}`)}`
  if (schema.items) return html`list of ${typeName(schema.items)}`
  const types = [schema.type ?? 'any'].flat().join(' or ')
  return html`${types}${schema.format ? html` <span class="format">${schema.format}</span>` : ''}`
}

/** The fields of an object, one row each; objects within it stand in their own tables. */
export function fieldTable(schema: Schema): Markup {
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) return html`<p>One of: ${typeName(schema)}.</p>`
  const fields = Object.entries(schema.properties ?? {})
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Fields">
    <table>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${fields.map(([name, field]) => fieldRow(name, field, schema.required?.includes(name) ?? false))}
      </tbody>
    </table>
  </div>`
}

function fieldRow(name: string, field: Schema, required: boolean): Markup {
  const inner = field.properties ? field : field.items?.properties ? field.items : undefined
  return html`<tr>
      <th scope="row">
        <code>${name}</code>${required ? '' : html` <span class="optional">optional</span>`}
      </th>
      <td>${typeName(field)}</td>
      <td>${meaning(field)}</td>
    </tr>
    ${
      inner
        ? html`<tr>
            <td colspan="3" class="nested">${fieldTable(inner)}</td>
          </tr>`
        : raw('')
    }`
}

/** What a field means, and what its value must keep to. */
export function meaning(schema: Schema): Markup {
  const bounds = [
    schema.enum && `One of: ${schema.enum.map(String).join(', ')}.`,
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
  ].filter((text) => text !== undefined)
  const example = schema.example === undefined ? '' : html` Example: <code>${schema.example}</code>.`
  return html`${schema.description ?? ''} ${bounds.join(' ')}${example}`
}

function range(from: number | undefined, to: number | undefined, unit: string): string | undefined {
  if (to === undefined) return undefined
  const [least, most] = [from ?? to, to].map((bound) => bound.toLocaleString('en'))
  return least === most ? `At most ${most}${unit}.` : `From ${least} to ${most}${unit}.`
}
