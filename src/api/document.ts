import type { Api } from './context.ts'
import { TAGS } from './operation.ts'
import { HEADER_COMPONENTS } from './responses.ts'

/** The version of the API, not of the program: it moves when callers see a difference. */
const VERSION = '1.0.0'

/** The OpenAPI document, made from the operations themselves. */
export type ApiDocument = ReturnType<Api['getOpenAPI31Document']>

/** Describes the whole API (OpenAPI 3.1). */
export function describeApi(app: Api, publicUrl: string): ApiDocument {
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of a session, as `POST /sessions` answers it. It names its entity.',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'staffToken', {
    type: 'http',
    scheme: 'bearer',
    description:
      'The token of a machine, as an administrator makes it in the entity’s office. It names its entity; each operation ' +
      'tells which scopes open it, any of them.',
  })
  for (const [name, header] of Object.entries(HEADER_COMPONENTS))
    app.openAPIRegistry.registerComponent('headers', name, header)
  const docs = new URL('/api/docs', publicUrl).href
  const { webhooks: _, ...document } = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Borsellino',
      version: VERSION,
      summary: SUMMARY,
      'x-summary': SUMMARY,
      'x-api-id': 'urn:borsellino:api:v1',
      description: DESCRIPTION,
      termsOfService: `${docs}#terms`,
      contact: { name: 'Borsellino', url: docs },
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers: [
      {
        url: new URL('/api/v1', publicUrl).href,
        description: 'This installation.',
        ...(publicUrl.startsWith('https:') ? {} : { 'x-sandbox': true }),
      },
    ],
    security: [{ session: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  } as Parameters<Api['getOpenAPI31Document']>[0])
  return document
}

const SUMMARY = 'Prepaid credit of school canteens and other school services, for mobile apps.'

const DESCRIPTION = `An app finds the entity by its activation code, signs the parent in, and can then do everything that the
parents' pages do: see each child's credit, top it up online, with a notice or with a code at the tobacconist's, follow
each payment, and save receipts. A machine of the entity, as a tablet or a reader of attendance, has a token from its
office instead, and hands in the lists of classes.

- Amounts are whole euro cents. Instants are in UTC; days are calendar days in Rome.
- Whatever belongs to somebody else is answered exactly as what does not exist: 404.
- Errors are \`application/problem+json\` (RFC 9457), with a stable \`type\` and texts in the language of \`Accept-Language\`.
- A POST that must not be done twice takes an \`Idempotency-Key\`: repeat it with the same key until there is an answer.
- Lists come in pages, newest first: follow \`nextCursor\` or the \`Link\` header.
- Reads that are asked again and again carry an \`ETag\`: send it back as \`If-None-Match\` and get 304 while nothing has changed.
- Unknown fields are refused.
- Personal answers say \`no-store\`; the document of an entity may be kept for a minute (\`max-age=60\`).`
