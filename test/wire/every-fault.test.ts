import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { DomainError, FAULTS, UpstreamError, type FaultCode } from '#core/errors.ts'
import type { Services } from '#core/services.ts'
import { pagopaEndpoint } from '#pagopa/endpoint.ts'
import { FAULT_STRINGS, type NodeFaultCode } from '#pagopa/soap/faults.ts'
import { readAnswer } from '../../sandbox/node/answer.ts'
import { OPERATIONS, type Operation } from '../../sandbox/node/operations.ts'
import {
  demandMessage,
  operationNames,
  readMessage,
  receiptMessage,
  serviceOf,
  stationOf,
  topUpPayload,
} from '../support/soap.ts'
import { KeptAnswers } from './kept-answers.ts'
import { openStage } from './stage.ts'

/* Every KO there is: each operation with each fault of the catalogue, and with what breaks in us. */

const stage = await openStage()
const { house } = stage
const kept = new KeptAnswers()

describe('every fault of every operation', async () => {
  const tenant = await stage.addTenant()
  const station = stationOf(tenant)
  const notice = { fiscalCode: tenant.creditorFiscalCode, noticeNumber: '301000000000000184' }
  const messages = {
    paVerifyPaymentNotice: readMessage('paVerifyPaymentNotice', station, notice),
    paGetPayment: readMessage('paGetPayment', station, notice),
    paGetPaymentV2: readMessage('paGetPaymentV2', station, notice),
    paDemandPaymentNotice: demandMessage(
      station,
      serviceOf(tenant),
      topUpPayload('7K3M9Q2XW4T8ZB6HJ0VNRCDPGYA', 500),
    ),
    paSendRT: receiptMessage(station, { ...notice, amountCents: 500, version: 'V1' }),
    paSendRTV2: receiptMessage(station, { ...notice, amountCents: 500 }),
  } satisfies Record<Operation, string>

  /** The endpoint of a house that meets this error whatever it is asked. */
  function failing(error: Error): Hono {
    const ofCreditor = () => Promise.reject(error)
    const services: Services = { ...house.services, tenants: { ...house.services.tenants, ofCreditor } }
    return pagopaEndpoint(services, () => Promise.reject(error))
  }

  async function answerTo(operation: Operation, message: string, app = failing(new Error('broken'))) {
    const headers = { 'content-type': 'text/xml', soapaction: operation }
    const response = await app.request('/', { method: 'POST', headers, body: message })
    return { status: response.status, text: await response.text() }
  }

  /** The answer as the Node reads it, kept for the official schema. */
  const told = (operation: Operation, text: string) => readAnswer(operation, kept.keep(operation, text))
  const fault = (code: NodeFaultCode, id = tenant.creditorFiscalCode) => ({
    outcome: 'KO',
    fault: { faultCode: code, faultString: FAULT_STRINGS[code], id },
  })

  const isReceipt = (operation: Operation) => operation === 'paSendRT' || operation === 'paSendRTV2'

  test.each(operationNames)(
    '%s answers each code of the catalogue as the catalogue says',
    async (operation) => {
      for (const code of Object.keys(FAULTS) as FaultCode[]) {
        const wanted = FAULTS[code].pagopa ?? 'PAA_SEMANTICA'
        const { status, text } = await answerTo(
          operation,
          messages[operation],
          failing(new DomainError(code)),
        )
        // A receipt that could not be stored must come again: no answer of paForNode says so.
        if (isReceipt(operation) && wanted === 'PAA_SYSTEM_ERROR') {
          expect([status, text]).toEqual([500, expect.stringContaining('<soapenv:Fault>')])
        } else {
          expect(status).toBe(200)
          expect(told(operation, text)).toMatchObject(fault(wanted))
        }
      }
    },
  )

  test.each(operationNames)('%s answers what breaks in us without a word about it', async (operation) => {
    const secret = 'password=segreta'
    for (const error of [new Error(secret), new UpstreamError(secret, { retryable: true })]) {
      const { status, text } = await answerTo(operation, messages[operation], failing(error))
      expect(text).not.toContain(secret)
      if (isReceipt(operation)) expect(status).toBe(500)
      else expect(told(operation, text)).toMatchObject(fault('PAA_SYSTEM_ERROR'))
    }
  })

  test.each(operationNames)('%s answers what cannot be read in its own element', async (operation) => {
    const message = messages[operation]
    const cut = await answerTo(operation, message.slice(0, -30))
    expect(told(operation, cut.text)).toMatchObject(fault('PAA_SINTASSI_EXTRAXSD', '00000000000'))
    const wrong = await answerTo(
      operation,
      message.replace(/<idStation>[^<]*/, `<idStation>${'x'.repeat(36)}`),
    )
    expect(told(operation, wrong.text)).toMatchObject(fault('PAA_SINTASSI_XSD'))
    // Whom the message is for is the one thing that an answer repeats of it.
    const odd = message.replace(/<idPA>[^<]*/, '<idPA>&lt;a&gt;&amp;&#x1F35D;')
    const nobody = failing(new DomainError('tenant.unknown'))
    const { text } = await answerTo(operation, odd, nobody)
    expect(told(operation, text)).toMatchObject(fault('PAA_ID_DOMINIO_ERRATO', '<a>&🍝'))
  })
})

describe('all of these answers', () => {
  test('are valid against the official schema', () => {
    expect(kept.count).toBeGreaterThan(5 * Object.keys(FAULTS).length)
    expect(kept.refused('faults of every operation')).toEqual([])
  })

  test('were every operation’s, with every fault that it can have', () => {
    const seen = kept.kinds()
    for (const operation of operationNames) {
      const codes = (Object.keys(FAULT_STRINGS) as NodeFaultCode[]).filter(
        (code) => code !== 'PAA_SYSTEM_ERROR' || !operation.startsWith('paSendRT'),
      )
      const missing = codes.filter((code) => !seen.has(`${OPERATIONS[operation].response} ${code}`))
      expect([operation, missing]).toEqual([operation, []])
    }
  })
})
