import { Hono } from 'hono'
import { RequestError } from '../web/request.ts'
import type { PagopaNode } from './pagopa-node.ts'
import { deliveryPage, nodePage } from './views.ts'

/** The Node's pages, below `/node`: its receipts and its latest exchanges. */
export function nodePages(node: PagopaNode): Hono {
  const app = new Hono()
  app.get('/', (c) => c.html(nodePage(node)))
  app.get('/receipts/:id', (c) => {
    const delivery = node.deliveries.get(c.req.param('id'))
    if (!delivery)
      throw new RequestError(404, 'Ricevuta sconosciuta', 'Nessuna ricevuta ha questo indirizzo.')
    return c.html(deliveryPage(delivery))
  })
  app.post('/receipts/:id/retry', (c) => {
    const id = c.req.param('id')
    if (!node.deliveries.retry(id))
      throw new RequestError(404, 'Ricevuta sconosciuta', 'Nessuna ricevuta ha questo indirizzo.')
    return c.redirect(`/node/receipts/${id}`, 303)
  })
  return app
}
