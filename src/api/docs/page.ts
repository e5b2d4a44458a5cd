import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { FAULTS, type FaultCode } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import type { ApiDocument } from '../document.ts'
import { fieldTable, meaning, typeName, type Schema } from './schema-view.ts'

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
}
interface Response {
  description: string
  content?: Record<string, { schema: Schema }>
}
interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  security: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, Response>
}
interface Entry {
  method: string
  path: string
  operation: Operation
}

/** The whole document on one page, readable without a script. */
export function readerPage(document: ApiDocument): Markup {
  const { info, tags = [], servers = [] } = document
  const entries = entriesOf(document)
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} API ${info.version}</title>
        <link rel="stylesheet" href="/api/docs.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <p class="eyebrow">OpenAPI ${document.openapi} · version ${info.version}</p>
          <h1>${info.title} API</h1>
          <p class="lead">${(info as { summary?: string }).summary}</p>
          <p>
            <code>${servers[0]?.url}</code> <a class="button" href="/api/v1/openapi.json">openapi.json</a>
          </p>
        </header>
        <div class="columns">
          <nav aria-label="Contents">
            ${tags.map(
              ({ name }) =>
                html`<p><a href="#tag-${name}">${name}</a></p>
                  <ul>
                    ${entries.filter(inTag(name)).map(({ method, path, operation }) => {
                      const href = `#${operation.operationId}`
                      return html`<li><a href="${href}">${verb(method)} ${path}</a></li>`
                    })}
                  </ul>`,
            )}
            <p><a href="#schemas">Schemas</a></p>
            <p><a href="#problems">Problems</a></p>
            <p><a href="#terms">Terms of use</a></p>
          </nav>
          <main id="content">
            ${prose(info.description ?? '')}
            ${tags.map(
              ({ name, description }) =>
                html`<section aria-labelledby="tag-${name}">
                  <h2 id="tag-${name}">${name}</h2>
                  <p>${description}</p>
                  ${entries.filter(inTag(name)).map(operationView)}
                </section>`,
            )}
            <h2 id="schemas">Schemas</h2>
            ${schemas.map(
              ([name, schema]) =>
                html`<section class="card" aria-labelledby="schema-${name}">
                  <h3 id="schema-${name}">${name}</h3>
                  ${schema.description ? html`<p>${schema.description}</p>` : ''} ${fieldTable(schema)}
                </section>`,
            )}
            ${problemsView()} ${termsView()}
          </main>
        </div>
      </body>
    </html>`
}

function entriesOf(document: ApiDocument): Entry[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      method,
      path,
      operation,
    })),
  )
}

function inTag(name: string): (entry: Entry) => boolean {
  return ({ operation }) => operation.tags.includes(name)
}

function verb(method: string): Markup {
  return html`<span class="verb verb-${method}">${method.toUpperCase()}</span>`
}

function operationView({ method, path, operation }: Entry): Markup {
  const { operationId, summary, description, security, parameters = [], requestBody, responses } = operation
  const body = requestBody && Object.values(requestBody.content)[0]
  return html`<article class="card" id="${operationId}">
    <h3>${verb(method)} <code>${path}</code></h3>
    <p class="summary">${summary}</p>
    ${description === `${summary}.` ? '' : prose(description)}
    <p class="access">${accessOf(security)}</p>
    ${
      parameters.length > 0
        ? html`<h4>Parameters</h4>
            <dl>
              ${parameters.map(
                (one) =>
                  html`<dt><code>${one.name}</code> in ${one.in}${one.required ? '' : ', optional'}</dt>
                    <dd>
                      ${typeName(one.schema)}. ${one.description ?? ''}
                      ${meaning({ ...one.schema, description: '' })}
                    </dd>`,
              )}
            </dl>`
        : ''
    }
    ${
      body
        ? html`<h4>Body</h4>
            <p>${typeName(body.schema)}</p>`
        : ''
    }
    <h4>Answers</h4>
    <dl>${Object.entries(responses).map(([status, response]) => responseView(status, response))}</dl>
  </article>`
}

function accessOf([requirement = {}]: Operation['security']): string {
  if (requirement.staffToken)
    return `With a token of the entity, of scope ${requirement.staffToken.join(' or ')}.`
  return requirement.session ? 'With the token of a session.' : 'Open to everybody.'
}

function responseView(status: string, { description, content = {} }: Response): Markup {
  const [media] = Object.entries(content)
  const what = media && html`${media[0]}: ${typeName(media[1].schema)}`
  return html`<dt><span class="status status-${status[0]}">${status}</span> ${what ?? ''}</dt>
    <dd>${prose(description)}</dd>`
}

function problemsView(): Markup {
  const t = translator('en')
  const codes = Object.keys(FAULTS) as FaultCode[]
  return html`<h2 id="problems">Problems</h2>
    <p>The last part of a problem’s <code>type</code>, and what it means.</p>
    <dl class="problems">
      ${codes.map(
        (code) =>
          html`<dt id="${code}">
              <code>${code}</code> <span class="status status-4">${FAULTS[code].status}</span>
            </dt>
            <dd>${t(`fault.${code}`)}.</dd>`,
      )}
    </dl>`
}

function termsView(): Markup {
  return html`<h2 id="terms">Terms of use</h2>
    <p>
      Anybody may write an app for parents on this API; what it reads belongs to the parent who has signed in,
      and is for no other use. A parent, and a machine, has 600 requests a minute. What is documented here
      stays as it is within version 1: fields may be added to answers, none is taken away. The program is free
      software under the AGPL-3.0-or-later and comes without a warranty; the entity named by the activation
      code answers for its service and for its data.
    </p>`
}

/** Our own descriptions: paragraphs, lists and code, and nothing else of Markdown. */
function prose(text: string): Markup {
  const blocks = text.split('\n\n').map((block) => {
    if (!block.startsWith('- ')) return html`<p>${inline(block)}</p>`
    const items = block.split(/\n?- /).filter(Boolean)
    return html`<ul>
      ${items.map((item) => html`<li>${inline(item)}</li>`)}
    </ul>`
  })
  return html`${blocks}`
}

function inline(text: string): Markup {
  const parts = text.split('`')
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}
