import { translator } from '#core/i18n.ts'
import { answer } from '../answer.ts'
import { callerOf, type Api, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { jsonAnswer } from '../responses.ts'
import { idPath } from '../schemas/fields.ts'
import { ownSessionsSchema, ownSessionView } from '../schemas/sessions.ts'

const list = operation({
  method: 'get',
  path: '/sessions',
  id: 'own_sessions',
  tag: 'sessions',
  summary: 'Where the parent is signed in',
  description: 'Browsers and apps, this one first, then the last used. An app that stays signed in is one.',
  access: 'personal',
  answers: { 200: jsonAnswer('The living sessions.', ownSessionsSchema) },
})

const end = operation({
  method: 'delete',
  path: '/sessions/current',
  id: 'end_session',
  tag: 'sessions',
  summary: 'Sign out',
  description: 'Neither the token nor its refresh token opens anything any more.',
  access: 'personal',
  answers: { 204: { description: 'The app is signed out.' } },
})

const endOne = operation({
  method: 'delete',
  path: '/sessions/{id}',
  id: 'end_own_session',
  tag: 'sessions',
  summary: 'Sign another device out',
  description: 'One of the list of `GET /sessions`; also the one that asks.',
  access: 'personal',
  request: { params: idPath },
  answers: { 204: { description: 'The browser or app is signed out.' } },
})

/** The list of one's own sessions, and how they end. */
export function ownSessionRoutes(app: Api, { sessions }: ApiParts): void {
  app.openapi(list, async (context) => {
    const own = await sessions.list(callerOf(context).viewer)
    const t = translator(context.var.language)
    return answer(context, { items: own.slice(0, 1000).map((session) => ownSessionView(session, t)) })
  })

  app.openapi(end, async (context) => {
    await sessions.end(callerOf(context).viewer.token)
    return context.body(null, 204)
  })

  app.openapi(endOne, async (context) => {
    await sessions.endOne(callerOf(context).viewer, context.req.valid('param').id)
    return context.body(null, 204)
  })
}
