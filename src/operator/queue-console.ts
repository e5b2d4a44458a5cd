import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { LANES } from '#core/jobs/job.ts'
import type { Queues } from '#core/jobs/queue.ts'
import { operatorRoute } from './access.ts'
import { OPERATOR_PATH, type OperatorApp, type OperatorParts } from './context.ts'

const CONSOLE_PATH = `${OPERATOR_PATH}/code`

/**
 * What the console needs and no page of ours has: it is an application of its own that asks its addresses for data, names
 * its base, and carries style attributes, which only 'unsafe-inline' allows. No script but its files runs, nothing comes
 * from elsewhere (its page asks for fonts of another site, and does without), and no form leaves.
 */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * `/gestione/code/`: bull-board, to look into the queues. It changes nothing: it is told so, and no address of it is
 * reached but by GET; what was set aside is replayed under `/gestione/lavori`, where it leaves a line in the log. Jobs carry
 * ids alone, so that no family is seen here.
 */
export function queueConsoleRoutes(app: OperatorApp, { queues }: OperatorParts): void {
  const board = createBoard(queues)
  for (const route of ['GET /code', 'GET /code/*'] as const)
    operatorRoute(app, route, (context) => {
      context.set('policy', CONSOLE_POLICY)
      return board.fetch(context.req.raw)
    })
}

function createBoard({ lanes }: Queues): Hono {
  const adapter = new HonoAdapter(serveStatic)
  adapter.setBasePath(CONSOLE_PATH)
  createBullBoard({
    queues: LANES.map((lane) => new BullMQAdapter(lanes[lane], { readOnlyMode: true })),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Borsellino' } },
  })
  return new Hono().route(CONSOLE_PATH, adapter.registerPlugin())
}
