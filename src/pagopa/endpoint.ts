import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { DomainError, FAULTS } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { authenticateCaller, type CallerEnv, type World } from './caller.ts'
import { demandNotice, type DemandHandler } from './demand.ts'
import { getNotice, verifyNotice } from './notices.ts'
import { keepUnreadable, takeReceipt } from './receipts.ts'
import { tenantsOfWorld } from './worlds.ts'
import { writeFault } from './soap/answers.ts'
import { RequestFault, type NodeFaultCode } from './soap/faults.ts'
import type { Operation } from './soap/operations.ts'
import { readRequest, type NodeRequest } from './soap/requests.ts'

/** A receipt is below 20 KB (protocol §8); an attached stamp may be larger. */
const SIZE_MAX_BYTES = 256 * 1024

/** The Node waits 7 seconds for a read, and counts it against us after 2: better a clear "not now" in time. */
const READ_DEADLINE_MS = 1_500

/** It waits 15 for a receipt. What is not on disk by then gets HTTP 500; should it land later, the retry is a duplicate. */
const RECEIPT_DEADLINE_MS = 5_000

/** The paForNode SOAP service of all tenants: `POST /webhooks/pagopa`. */
export function pagopaEndpoint(services: Services, demandHandler: DemandHandler): Hono {
  const app = new Hono<CallerEnv>()
  app.use(authenticateCaller(services))
  const tooLarge = (context: Context) => {
    // What is still to come is not read: nobody should send another message behind it.
    context.header('connection', 'close')
    return context.text('message too large', 413)
  }
  app.post('/', bodyLimit({ maxSize: SIZE_MAX_BYTES, onError: tooLarge }), async (context) => {
    const type = context.req.header('content-type') ?? ''
    if (!/^(text|application)\/xml\b/i.test(type)) return context.text('XML expected', 415)
    const raw = Buffer.from(await context.req.arrayBuffer())
    const started = performance.now()
    const { world } = context.var
    const seen = { ...services, tenants: tenantsOfWorld(services.tenants, world) }
    const answer = await serve(seen, world, demandHandler, raw, context.req.header('soapaction') ?? '')
    const labels = { operation: answer.operation ?? 'none', outcome: answer.outcome }
    services.metrics.nodeCalls.observe(labels, (performance.now() - started) / 1000)
    return context.body(answer.body, answer.status, { 'content-type': 'text/xml; charset=utf-8' })
  })
  // What it knows of its caller is nobody else's.
  return app as unknown as Hono
}

interface Answer {
  operation: Operation | undefined
  outcome: string
  status: 200 | 500
  body: string
}

async function serve(
  services: Services,
  world: World,
  demandHandler: DemandHandler,
  raw: Buffer,
  soapAction: string,
): Promise<Answer> {
  let request: NodeRequest | undefined
  try {
    request = readRequest(raw, soapAction)
    const body = await perform(services, world, demandHandler, request, raw)
    return { operation: request.operation, outcome: 'OK', status: 200, body }
  } catch (error) {
    return refuse(services, world, request, raw, error)
  }
}

function perform(
  services: Services,
  world: World,
  demandHandler: DemandHandler,
  request: NodeRequest,
  raw: Buffer,
): Promise<string> {
  switch (request.operation) {
    case 'paVerifyPaymentNotice':
      return withDeadline(verifyNotice(services, request))
    case 'paGetPayment':
    case 'paGetPaymentV2':
      return withDeadline(getNotice(services, request))
    case 'paDemandPaymentNotice':
      return withDeadline(demandNotice(services, demandHandler, request))
    case 'paSendRT':
    case 'paSendRTV2':
      return withDeadline(takeReceipt(services, request, raw, world), RECEIPT_DEADLINE_MS)
  }
}

async function refuse(
  services: Services,
  world: World,
  request: NodeRequest | undefined,
  raw: Buffer,
  error: unknown,
): Promise<Answer> {
  const fault = error instanceof RequestFault ? error : undefined
  const operation = request?.operation ?? fault?.operation
  const isReceipt = operation === 'paSendRT' || operation === 'paSendRTV2'
  // What a rehearsal's sandbox sends and nobody can read is nobody's money.
  if (fault && isReceipt && world !== 'rehearsal') {
    try {
      await withDeadline(keepUnreadable(services, fault, raw), RECEIPT_DEADLINE_MS)
    } catch (problem) {
      return unanswerable(services, operation, problem)
    }
  }
  const code = codeOf(error)
  // Without an operation there is no element to answer in; a receipt that is not stored must come again.
  if (!operation || (isReceipt && code === 'PAA_SYSTEM_ERROR'))
    return unanswerable(services, operation, error)
  if (code === 'PAA_SYSTEM_ERROR') services.log.error({ error, operation }, 'the Node got a system error')
  const id = request?.idPA ?? fault?.idPA ?? ''
  const body = writeFault(operation, { code, description: fault?.description, id: id || '00000000000' })
  return { operation, outcome: code, status: 200, body }
}

function codeOf(error: unknown): NodeFaultCode {
  if (error instanceof RequestFault) return error.code
  if (error instanceof DomainError) return FAULTS[error.code].pagopa ?? 'PAA_SEMANTICA'
  return 'PAA_SYSTEM_ERROR'
}

function unanswerable({ log }: Services, operation: Operation | undefined, error: unknown): Answer {
  log.error({ error, operation }, 'a call of the Node could not be answered')
  return { operation, outcome: 'HTTP 500', status: 500, body: SOAP_FAULT }
}

/** SOAP 1.1 §4.4; no detail: the reader is outside. */
const SOAP_FAULT =
  '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">' +
  '<soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>not processed</faultstring>' +
  '</soapenv:Fault></soapenv:Body></soapenv:Envelope>'

async function withDeadline<Value>(work: Promise<Value>, limitMs = READ_DEADLINE_MS): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
