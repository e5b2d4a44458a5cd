import { Hono } from 'hono'
import { readForm, RequestError } from '../web/request.ts'
import { parseEuro } from '../wire/money.ts'
import { misbehaviourSchema } from './misbehaviour.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import type { PagopaNode } from './pagopa-node.ts'
import { deliveryPage, nodePage } from './views.ts'

const FIELDS = [
  'scope',
  'duplicates',
  'delaySeconds',
  'amount',
  'timing',
  'loseAnswer',
  'outcomeKo',
  'version',
  'standIn',
  'unknownNotice',
] as const

/** The Node's pages, below `/node`: its receipts, its misbehaviour, its latest exchanges. */
export function nodePages(node: PagopaNode): Hono {
  const app = new Hono()
  app.get('/', (c) => c.html(nodePage(node)))
  app.post('/misbehaviour', async (c) => {
    const form = await readForm(c, ...FIELDS)
    const misbehaviour = readMisbehaviour(form)
    if (!misbehaviour) {
      return c.html(
        nodePage(node, 'Controlla i valori: copie da 0 a 20, secondi da 0 a 86400, importo come 12,50.'),
        422,
      )
    }
    if (form.scope === 'always') node.switches.setAlways(misbehaviour)
    else node.switches.addNext(misbehaviour)
    return c.redirect('/node', 303)
  })
  app.post('/misbehaviour/clear', (c) => {
    node.switches.clear()
    return c.redirect('/node', 303)
  })
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

function readMisbehaviour(form: Record<(typeof FIELDS)[number], string>): Misbehaviour | undefined {
  const amountCents = form.amount === '' ? undefined : (parseEuro(form.amount) ?? Number.NaN)
  const wanted = {
    duplicates: form.duplicates === '' ? undefined : Number(form.duplicates),
    delaySeconds: form.delaySeconds === '' ? undefined : Number(form.delaySeconds),
    amountCents,
    timing: form.timing || undefined,
    loseAnswer: form.loseAnswer === 'on' || undefined,
    outcomeKo: form.outcomeKo === 'on' || undefined,
    version: form.version === 'on' ? 'V1' : undefined,
    standIn: form.standIn === 'on' || undefined,
    unknownNotice: form.unknownNotice === 'on' || undefined,
  }
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
  return misbehaviourSchema.safeParse(given).data
}
