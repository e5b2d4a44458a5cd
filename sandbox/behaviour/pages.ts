import { Hono } from 'hono'
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Positions } from '../aca/positions.ts'
import type { Calls } from '../biz-events/calls.ts'
import { closeDay } from '../fdr/close-day.ts'
import type { Flows } from '../fdr/flows.ts'
import type { PagopaNode } from '../node/pagopa-node.ts'
import { standInSchema } from '../node/stand-in.ts'
import { page } from '../web/page.ts'
import type { Html } from '../web/page.ts'
import { readForm } from '../web/request.ts'
import { romeDate } from '../wire/calendar.ts'
import { bulkSection, changedFlowSection, closeDaySection } from './flow-section.ts'
import {
  readBulk,
  readCopy,
  readDay,
  readDirect,
  readFailure,
  readMisbehaviour,
  RECEIPT_FIELDS,
} from './orders.ts'
import { directSection, receiptSection, standInSection } from './receipt-section.ts'
import { knowledge, SERVICES, serviceSection } from './service-section.ts'
import type { Outages, ServiceName } from './service-section.ts'
import { FORMS } from './typed.ts'
import type { FormName, Typed } from './typed.ts'

export interface BehaviourParts {
  readonly node: PagopaNode
  readonly flows: Flows
  readonly positions: Positions
  readonly calls: Calls
  readonly outages: Outages
  readonly now: () => Date
}

const HERE = '/nodo/comportamento'

const ANCHORS = [
  ['ricevute', 'Ricevute'],
  ['standin', 'Stand-in'],
  ['a-mano', 'Una ricevuta a mano'],
  ['giornata', 'Rendicontazione'],
  ['flusso', 'Un flusso diverso'],
  ['massa', 'Un flusso molto lungo'],
  ['servizi', 'Servizi fermi o lenti'],
  ['denaro', 'Quanto è stato pagato'],
] as const

function behaviourPage(parts: BehaviourParts, typed?: Typed, done?: FormName): Html {
  const { node, flows, positions, calls, outages, now } = parts
  const flowParts = { node, flows, today: romeDate(now()), typed, done }
  return page({
    title: 'Comportamento',
    part: 'node',
    lead: 'Tutto ciò che si può ordinare al mondo esterno perché vada storto, o perché un giorno finisca.',
    main: html`<nav aria-label="Parti di questa pagina">
        <ul class="jumps">
          ${ANCHORS.map(([id, label]) => html`<li><a href="#${id}">${label}</a></li>`)}
        </ul>
      </nav>
      ${receiptSection(node, typed, done)} ${standInSection(node, typed, done)}
      ${directSection(node, typed, done)} ${closeDaySection(flowParts)} ${changedFlowSection(flowParts)}
      ${bulkSection(flowParts)} ${serviceSection(outages, typed, done)} ${knowledge(node, positions, calls)}
      <p><a href="/node">Torna al Nodo</a></p>`,
  })
}

/** The page on which everything can be ordered that may go wrong, below `/nodo`: plain forms, one an order. */
export function behaviourPages(parts: BehaviourParts): Hono {
  const { node, flows, outages, now } = parts
  const app = new Hono()
  const done = (c: Context, form: FormName) => c.redirect(`${HERE}?fatto=${form}#${form}`, 303)
  const refuse = (c: Context, form: FormName, values: Record<string, string>, problem: string) =>
    c.html(behaviourPage(parts, { form, values, problem }), 422)

  app.get('/comportamento', (c) => {
    const form = c.req.query('fatto')
    return c.html(
      behaviourPage(parts, undefined, form !== undefined && form in FORMS ? (form as FormName) : undefined),
    )
  })
  app.post('/comportamento/ricevute', async (c) => {
    const form = await readForm(c, ...RECEIPT_FIELDS)
    const order = readMisbehaviour(form)
    if (!order) return refuse(c, 'ricevute', form, RECEIPT_PROBLEM)
    const { noticeNumber, ...misbehaviour } = order
    if (form.scope === 'always' && noticeNumber === undefined) node.switches.setAlways(misbehaviour)
    else node.switches.addNext(order)
    return done(c, 'ricevute')
  })
  app.post('/comportamento/calma', (c) => {
    node.switches.clear()
    return c.redirect(`${HERE}#ricevute`, 303)
  })
  app.post('/comportamento/standin', async (c) => {
    const form = await readForm(c, 'mode')
    const mode = standInSchema.safeParse(form).data?.mode
    if (!mode) return refuse(c, 'standin', form, 'Scegli una delle tre possibilità.')
    node.standIn.setMode(mode)
    return done(c, 'standin')
  })
  app.post('/comportamento/a-mano', async (c) => {
    const names = ['idPA', 'fiscalCode', 'noticeNumber', 'amount', 'receiptId', 'outcomeKo', 'v1', 'standIn']
    const form = await readForm(c, ...names)
    const wanted = readDirect(form)
    if (!wanted || !node.sendDirect(wanted)) return refuse(c, 'a-mano', form, DIRECT_PROBLEM)
    return done(c, 'a-mano')
  })
  app.post('/comportamento/giornata', async (c) => {
    const form = await readForm(c, 'fiscalCode', 'date')
    const date = readDay(form.date)
    if (date === undefined) return refuse(c, 'giornata', form, 'Scrivi il giorno come 24/11/2026.')
    closeDay(
      { paid: node.paid, flows, registry: node.registry, now },
      { fiscalCode: form.fiscalCode || undefined, date },
    )
    return done(c, 'giornata')
  })
  app.post('/comportamento/flusso', async (c) => {
    const form = await readForm(c, 'source', 'naming', 'difference', 'index')
    const draft = readCopy(form, flows, now())
    if (!draft) return refuse(c, 'flusso', form, 'Il flusso scelto non ha una riga con questo numero.')
    flows.publish(draft)
    return done(c, 'flusso')
  })
  app.post('/comportamento/massa', async (c) => {
    const form = await readForm(c, 'fiscalCode', 'count', 'segregationCode', 'firstBase')
    const draft = readBulk(form, now())
    if (!draft)
      return refuse(c, 'massa', form, 'Da 1 a 1000000 righe, due cifre di segregazione, un primo numero.')
    flows.publish(draft)
    return done(c, 'massa')
  })
  app.post('/comportamento/servizi', async (c) => {
    const form = await readForm(c, 'service', 'status', 'timeoutMs', 'garbage', 'times')
    const failure = readFailure(form)
    if (failure === undefined || !(form.service in SERVICES))
      return refuse(c, 'servizi', form, SERVICE_PROBLEM)
    outages[form.service as ServiceName].order(failure)
    return done(c, 'servizi')
  })
  return app
}

const RECEIPT_PROBLEM =
  'Copie da 0 a 50, ritardo da 0 a 86400 secondi, ripetizione da 0 a 864000 secondi, importo come 12,50, avviso di 18 cifre.'
const DIRECT_PROBLEM =
  'Servono un ente registrato, un avviso di 18 cifre e un importo come 12,50; l’ente dell’avviso ha 11 cifre.'
const SERVICE_PROBLEM = 'Lentezza da 1 a 120000 millisecondi, chiamate da 1 a 1000.'
