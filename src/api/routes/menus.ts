import { z } from '@hono/zod-openapi'
import { romeDate } from '#core/clock.ts'
import { ownWeek, publicMenus } from '#meals/published-menus.ts'
import { ownWallet } from '#tenants/people/own.ts'
import { conditionalAnswer } from '../answer.ts'
import { ownerOf, type Api, type ApiParts } from '../context.ts'
import { publishedTenant } from '../entity.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer } from '../responses.ts'
import { activationCode, idPath } from '../schemas/fields.ts'
import { ownMenuSchema, ownMenuView, publicMenusSchema, publicMenusView, weekQuery } from '../schemas/menu.ts'

const own = operation({
  method: 'get',
  path: '/wallets/{id}/menu',
  id: 'child_menu',
  tag: 'wallets',
  summary: 'What is on the table in a week, for a child and service',
  description: 'With the days on which the service is closed or the child stays away.',
  access: 'personal',
  conditional: true,
  request: { params: idPath, query: weekQuery },
  answers: { 200: jsonAnswer('Monday to Sunday.', ownMenuSchema, ETAG_HEADER) },
})

const open = operation({
  method: 'get',
  path: '/tenants/{activationCode}/menus',
  id: 'public_menus',
  tag: 'entities',
  summary: 'The menus of a week that an entity lets everybody read',
  access: 'open',
  conditional: true,
  request: { params: z.strictObject({ activationCode }), query: weekQuery },
  answers: { 200: jsonAnswer('One for each service and school.', publicMenusSchema, ETAG_HEADER) },
  faults: ['activation_code.unknown'],
})

/** What is on the table. */
export function menuRoutes(app: Api, parts: ApiParts): void {
  const { pool, db, clock } = parts.services

  app.openapi(own, async (context) => {
    const owner = ownerOf(context)
    const { child, category } = await ownWallet(pool, owner, context.req.valid('param').id)
    const week = context.req.valid('query').week ?? romeDate(clock.now())
    return conditionalAnswer(
      context,
      ownMenuView(await ownWeek(db, owner, { childId: child.id, category, week })),
    )
  })

  app.openapi(open, async (context) => {
    const tenant = await publishedTenant(parts, context.req.valid('param').activationCode)
    const week = context.req.valid('query').week ?? romeDate(clock.now())
    const view = publicMenusView(week, await publicMenus(db, tenant.id, week))
    return conditionalAnswer(context, view, 'public, max-age=300')
  })
}
