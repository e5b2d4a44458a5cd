import { Hono } from 'hono'
import { outageApi, outageGate } from '../web/outage.ts'
import type { Outage } from '../web/outage.ts'
import { checked, noticeKeySchema, parseJson, RequestError } from '../web/request.ts'
import { subscribersOnly } from '../web/subscription.ts'
import { positionSchema } from './position.ts'
import type { Position } from './position.ts'
import { PositionRefused } from './positions.ts'
import type { Positions } from './positions.ts'

/** What creditors call, as published for ACA: POST /paCreatePosition, below `/aca/v1`. */
export function acaApi(positions: Positions, outage: Outage, keys: readonly string[] | undefined): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof RequestError && error.status === 400) {
      return c.json(problem(400, 'Formally invalid input', error.message), 400)
    }
    if (error instanceof PositionRefused)
      return c.json(problem(error.status, error.title, error.message), error.status)
    throw error
  })
  app.use(subscribersOnly(keys), outageGate(outage))
  app.post('/paCreatePosition', async (c) => {
    const position = positions.announce(checked(await parseJson(c), positionSchema))
    return c.json(response(position))
  })
  return app
}

function problem(status: number, title: string, detail: string) {
  return { type: 'about:blank', title, status, detail }
}

/** The published answer; expirationDate is a local date-time without an offset there. */
function response(position: Position) {
  const { id: _, createdAt: __, history: ___, payStandIn: ____, status, ...fields } = position
  const expirationDate = new Date(fields.expirationDate).toISOString().slice(0, 19)
  return { ...fields, amount: status === 'INVALID' ? 0 : fields.amount, expirationDate, status }
}

/** What was announced, for whoever plays the world: below `/api/aca`. */
export function acaOrdersApi(positions: Positions, outage: Outage): Hono {
  const app = new Hono()
  app.get('/positions', (c) => {
    const wanted = checked(c.req.query(), noticeKeySchema.partial())
    return c.json({ positions: positions.find(wanted).map(shown) })
  })
  app.route('/failure', outageApi(outage))
  return app
}

function shown(announced: Position) {
  const { id: _, amount, ...position } = announced
  return { ...position, noticeNumber: position.nav, amountCents: position.status === 'INVALID' ? 0 : amount }
}
