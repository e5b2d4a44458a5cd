import { afterEach, beforeEach, expect, test } from 'vitest'
import { FISCAL_CODE, noticeNumber } from '../testing/played-creditor.ts'
import { setStage, SUBSCRIBED, until } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await setStage({ now: () => new Date('2026-11-23T10:00:00Z') })
})
afterEach(() => stage.close())

const HERE = '/nodo/comportamento'
const submit = (form: string, fields: Record<string, string> = {}) => stage.submit(`${HERE}/${form}`, fields)
const shown = async (query = '') => (await fetch(stage.sandbox.url + HERE + query)).text()
const orders = async () => (await stage.call('GET', '/api/node/misbehaviour')).body
async function pay(): Promise<void> {
  const key = { fiscalCode: FISCAL_CODE, noticeNumber: noticeNumber(1) }
  const { paymentToken } = (await stage.call('POST', '/api/node/activate', key)).body
  await stage.call('POST', '/api/node/pay', { paymentToken })
}
const flows = async () => (await stage.call('GET', '/api/fdr/flows')).body.flows

test('every order for receipts can be given by form, once or for all, and taken back', async () => {
  const given = await submit('ricevute', {
    duplicates: '50',
    delaySeconds: '1,5',
    repeatAfterSeconds: '86400',
    amount: '12,50',
    timing: 'late',
    parallel: 'on',
    loseAnswer: 'on',
    garbleAnswer: 'on',
    drop: 'on',
    outcomeKo: 'on',
    version: 'on',
    standIn: 'on',
    unknownNotice: 'on',
    secondReceipt: 'on',
    broadcast: 'on',
    secondaryBeneficiary: 'on',
    scope: 'next',
    noticeNumber: '301 0000 0000 0000 100',
  })
  expect([given.status, given.headers.get('location')]).toEqual([303, `${HERE}?fatto=ricevute#ricevute`])
  expect((await orders()).next).toEqual([
    {
      duplicates: 50,
      delaySeconds: 1.5,
      repeatAfterSeconds: 86_400,
      amountCents: 1250,
      timing: 'late',
      parallel: true,
      loseAnswer: true,
      garbleAnswer: true,
      drop: true,
      outcomeKo: true,
      version: 'V1',
      standIn: true,
      unknownNotice: true,
      secondReceipt: true,
      broadcast: true,
      secondaryBeneficiary: true,
      noticeNumber: noticeNumber(1),
    },
  ])
  await submit('ricevute', { drop: 'on', scope: 'always' })
  expect((await orders()).always).toEqual({ drop: true })
  expect(await shown('?fatto=ricevute')).toContain('role="status"')
  await submit('calma')
  expect(await orders()).toEqual({ always: {}, next: [] })
})

test.each<[string, Record<string, string>, string]>([
  ['ricevute', { duplicates: '51', amount: '12,50' }, 'value="12,50"'],
  ['ricevute', { amount: 'molto' }, 'value="molto"'],
  ['standin', { mode: 'forse' }, 'Scegli una delle tre'],
  ['a-mano', { idPA: FISCAL_CODE, noticeNumber: '3', amount: '1' }, 'value="3"'],
  ['a-mano', { idPA: '99999999999', noticeNumber: noticeNumber(1), amount: '1' }, noticeNumber(1)],
  ['giornata', { date: '30/02/2026' }, 'value="30/02/2026"'],
  ['flusso', { source: 'ignoto', difference: 'missing' }, 'Prima serve un flusso'],
  ['massa', { fiscalCode: FISCAL_CODE, count: '0' }, 'value="0"'],
  ['servizi', { service: 'poste', status: '503' }, 'Servizi fermi'],
])('%s says what is wrong with %j, and keeps what was typed', async (form, fields, kept) => {
  const response = await submit(form, fields)
  const text = await response.text()
  expect(response.status).toBe(422)
  expect(text.match(/role="alert"/g)).toHaveLength(1)
  expect(text).toContain(kept)
})

test('a receipt by hand is sent, and the way of standing in is set', async () => {
  await submit('a-mano', {
    idPA: FISCAL_CODE,
    fiscalCode: '88888888888',
    noticeNumber: noticeNumber(5),
    amount: '7,50',
    receiptId: 'a mano',
    v1: 'on',
    standIn: 'on',
  })
  const xml = await until(() => stage.creditor.receivedOf('paSendRT')[0])
  for (const part of [
    '<receiptId>a mano<',
    '<fiscalCode>88888888888<',
    '<paymentAmount>7.50<',
    '<standIn>true<',
  ])
    expect(xml).toContain(part)
  await submit('standin', { mode: 'always' })
  expect((await stage.call('GET', '/api/node/stand-in')).body).toEqual({ mode: 'always' })
})

test('a day is closed, and copies of its flow differ as asked', async () => {
  await pay()
  await submit('giornata', { date: '23/11/2026' })
  const [source] = await flows()
  const copy = async (difference: string, naming = 'revision') => {
    await submit('flusso', { source: source.id, difference, naming, index: '1' })
    const [{ fdr, pspId, revision, flowDate, sumCents, totPayments, lineCount, bank }] = await flows()
    const path = `/fdr-org/service/v1/organizations/${FISCAL_CODE}/fdrs/${encodeURIComponent(fdr)}/revisions/${revision}/psps/${pspId}/payments`
    const [line] = (await stage.call('GET', path, undefined, SUBSCRIBED)).body.data
    return { fdr, revision, flowDate, sumCents, totPayments, lineCount, bank, line }
  }
  expect(await copy('amount')).toMatchObject({ fdr: source.fdr, revision: 2, sumCents: 2600, bank: null })
  expect((await copy('iur')).line.iur).toMatch(/^altro-/)
  for (const payStatus of ['REVOKED', 'STAND_IN_NO_RPT', 'NO_RPT'])
    expect((await copy(payStatus)).line).toMatchObject({ payStatus, pay: 25 })
  expect(await copy('extra')).toMatchObject({ lineCount: 2, sumCents: 2500 + 1234 })
  expect(await copy('header')).toMatchObject({ lineCount: 1, totPayments: 2, sumCents: 3000 })
  expect(await copy('missing')).toMatchObject({ lineCount: 0 })
  const renamed = await copy('none', 'renamed')
  expect(renamed).toMatchObject({ revision: 1, bank: { amountCents: 2500 } })
  expect(renamed.fdr).not.toBe(source.fdr)
  expect(await shown()).toContain(`/api/fdr/bank-statement.csv?fiscalCode=${FISCAL_CODE}`)
})

test('a long flow is published, and services stop and work again', async () => {
  await submit('massa', { fiscalCode: FISCAL_CODE, count: '10000', segregationCode: '07', firstBase: '12' })
  expect((await flows())[0]).toMatchObject({ lineCount: 10_000, sumCents: 25_000_000 })
  await submit('servizi', { service: 'bizEvents', status: '503', times: '2' })
  expect((await stage.call('GET', '/api/biz-events/failure')).body).toEqual({
    failure: { status: 503, times: 2 },
  })
  await submit('servizi', { service: 'bizEvents' })
  expect((await stage.call('GET', '/api/biz-events/failure')).body).toEqual({ failure: null })
})

test('the page shows the money, and no id twice', async () => {
  await pay()
  const text = await shown()
  expect(text).toMatch(/data-label="Accettato" class="amount">25,00/)
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, id] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id)
})
