import { Hono } from 'hono'
import { z } from 'zod'
import type { PagopaNode } from '../node/pagopa-node.ts'
import { outageApi } from '../web/outage.ts'
import type { Outage } from '../web/outage.ts'
import { checked, readJson } from '../web/request.ts'
import { bankCsv } from './bank.ts'
import type { Bank } from './bank.ts'
import { closeDay } from './close-day.ts'
import { lineCount, linesFrom } from './flow.ts'
import type { Flow } from './flow.ts'
import { bulkSchema, draftOfBulk, draftOfOrder, flowOrderSchema } from './flow-orders.ts'
import type { Flows } from './flows.ts'

const fiscalCode = z.string().regex(/^\d{11}$/, 'must be 11 digits')

export const closeDaySchema = z.strictObject({
  fiscalCode: fiscalCode.optional(),
  pspId: z.string().min(1).max(35).optional(),
  /** The Rome day up to which payments count; today by default. */
  date: z.iso.date().optional(),
})
export const movementSchema = z.strictObject({
  fiscalCode,
  date: z.iso.date(),
  amountCents: z.int().min(-99_999_999_999).max(99_999_999_999),
  text: z.string().min(1).max(500),
})
const statementSchema = z.object({ fiscalCode, from: z.iso.date().optional(), to: z.iso.date().optional() })

export interface FdrParts {
  readonly flows: Flows
  readonly bank: Bank
  readonly node: PagopaNode
  readonly outage: Outage
  readonly now: () => Date
}

/** Orders about flows, with the creditors' bank statements: below `/api/fdr`. */
export function fdrOrdersApi({ flows, bank, node, outage, now }: FdrParts): Hono {
  const app = new Hono()
  app.get('/flows', (c) => {
    const wanted = checked(c.req.query(), z.object({ fiscalCode }).partial())
    return c.json({ flows: flows.all(wanted.fiscalCode).toReversed().map(headOf) })
  })
  app.post('/flows', async (c) => {
    const flow = flows.publish(draftOfOrder(await readJson(c, flowOrderSchema), flows, now()))
    return c.json({ flow: { ...headOf(flow), lines: linesFrom(flow.lines, 0, 1_000) } }, 201)
  })
  app.post('/bulk', async (c) =>
    c.json({ flow: headOf(flows.publish(draftOfBulk(await readJson(c, bulkSchema), now()))) }, 201),
  )
  app.post('/close-day', async (c) => {
    const wanted = await readJson(c, closeDaySchema)
    const { paid, registry } = node
    return c.json({ flows: closeDay({ paid, flows, registry, now }, wanted).map(headOf) })
  })
  app.post('/bank-movements', async (c) => {
    const { fiscalCode: owner, ...movement } = await readJson(c, movementSchema)
    bank.add(owner, movement)
    return c.json({ movements: bank.movements(owner) }, 201)
  })
  app.get('/bank-statement.csv', (c) => {
    const { fiscalCode: owner, from = '', to = '9999-12-31' } = checked(c.req.query(), statementSchema)
    const movements = bank.movements(owner).filter(({ date }) => date >= from && date <= to)
    return c.body(bankCsv(movements), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="estratto-conto-${owner}.csv"`,
    })
  })
  app.route('/failure', outageApi(outage))
  return app
}

/** A flow without its lines; amounts in cents. */
function headOf({ lines, ...flow }: Flow): Omit<Flow, 'lines'> & { lineCount: number } {
  return { ...flow, lineCount: lineCount(lines) }
}
