import { beforeAll, describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { Tenant } from '#core/tenant.ts'
import { cancelTopUp, expireTopUps } from '#core/top-ups/close.ts'
import { noticeNumber } from '#pagopa/notice-number.ts'
import { FAULT_STRINGS } from '#pagopa/soap/faults.ts'
import { refusedByXsd } from '#pagopa/soap/test-reference.ts'
import type { Station } from '../../sandbox/node/operations.ts'
import { stationOf, type Notice } from '../support/soap.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { node, house, clock } = stage
const tenant = await stage.addTenant()
const lenient = await stage.addTenant({ policies: { latePaymentAllowed: true } })
const station = stationOf(tenant)
const foreign = '60000000000'

/** A notice, and whom the Node addresses for it. */
type Question = [to: Station, notice: Notice]

const questions: Record<string, Question> = {}

async function setWalletState(of: Tenant, walletId: string, state: 'suspended' | 'closed'): Promise<void> {
  await inTenant(house.services.db, of.id, (tx) =>
    tx
      .updateTable('wallets')
      .set({ state })
      .where('tenant_id', '=', of.id)
      .where('id', '=', walletId)
      .execute(),
  )
}

beforeAll(async () => {
  const { db, relay } = house.services
  const wallet = await stage.wallet(tenant)
  const open = await stage.topUp(tenant, wallet, 5_000)
  questions.open = [station, open]
  questions['unknown idPA'] = [
    { ...station, idPA: foreign },
    { ...open, fiscalCode: foreign },
  ]
  questions['qrCode of another creditor'] = [station, { ...open, fiscalCode: foreign }]
  questions['wrong broker'] = [{ ...station, idBrokerPA: foreign }, open]
  questions['wrong station'] = [{ ...station, idStation: `${station.idBrokerPA}_99` }, open]
  const number = (segregationCode: string, sequence: bigint) => ({
    fiscalCode: tenant.creditorFiscalCode,
    noticeNumber: noticeNumber({ segregationCode, sequence }),
  })
  questions['unknown notice'] = [station, number(tenant.segregationCode, 9_999_999n)]
  questions['other segregation code'] = [station, number('98', 1n)]
  questions['notice with aux digit 0'] = [station, { ...open, noticeNumber: '001340000013900808' }]
  const paid = await stage.topUp(tenant, wallet, 5_000)
  await node.send(station, { ...paid, amountCents: 5_000 })
  questions.paid = [station, paid]
  const cancelled = await stage.topUp(tenant, wallet, 5_000)
  await cancelTopUp(db, tenant.id, cancelled.id, clock.now())
  questions.cancelled = [station, cancelled]
  const swept = await stage.topUp(tenant, wallet, 5_000, 60)
  const late = await stage.topUp(lenient, await stage.wallet(lenient), 5_000, 60)
  await expireTopUps(relay, db, clock.now())
  questions['expired and swept'] = [station, swept]
  questions['expired a moment ago'] = [station, await stage.topUp(tenant, wallet, 5_000, 60)]
  questions['late payment allowed'] = [stationOf(lenient), late]
  for (const state of ['suspended', 'closed'] as const) {
    const gone = await stage.wallet(tenant)
    questions[`wallet ${state}`] = [station, await stage.topUp(tenant, gone, 5_000)]
    await setWalletState(tenant, gone, state)
  }
})

describe.each(['verify', 'get V1', 'get V2'] as const)('%s', (operation) => {
  const ask = ([to, notice]: Question) => {
    if (operation === 'verify') return node.verify(to, notice)
    return node.get(to, notice, [], operation === 'get V1' ? 'V1' : 'V2')
  }

  test.each([
    ['open', 'OK'],
    ['late payment allowed', 'OK'],
    ['unknown idPA', 'PAA_ID_DOMINIO_ERRATO'],
    ['qrCode of another creditor', 'PAA_ID_DOMINIO_ERRATO'],
    ['wrong broker', 'PAA_ID_INTERMEDIARIO_ERRATO'],
    ['wrong station', 'PAA_STAZIONE_INT_ERRATA'],
    ['unknown notice', 'PAA_PAGAMENTO_SCONOSCIUTO'],
    ['other segregation code', 'PAA_PAGAMENTO_SCONOSCIUTO'],
    ['notice with aux digit 0', 'PAA_PAGAMENTO_SCONOSCIUTO'],
    ['paid', 'PAA_PAGAMENTO_DUPLICATO'],
    ['expired and swept', 'PAA_PAGAMENTO_SCADUTO'],
    ['expired a moment ago', 'PAA_PAGAMENTO_SCADUTO'],
    ['cancelled', 'PAA_PAGAMENTO_ANNULLATO'],
    ['wallet suspended', 'PAA_PAGAMENTO_ANNULLATO'],
    ['wallet closed', 'PAA_PAGAMENTO_ANNULLATO'],
  ])('of %s is answered %s', async (name, verdict) => {
    const answer = await ask(questions[name]!)
    expect(answer).toMatchObject({ status: 200, verdict })
    if (verdict !== 'OK') {
      expect(answer.faultId).toBe(questions[name]![0].idPA)
      expect(answer.text).toContain(
        `<faultString>${FAULT_STRINGS[verdict as keyof typeof FAULT_STRINGS]}</faultString>`,
      )
    }
  })
})

describe('two tenants of one creditor', () => {
  const creditorFiscalCode = '61112223334'
  const pair: Record<'first' | 'second', Tenant> = { first: tenant, second: tenant }
  beforeAll(async () => {
    pair.first = await stage.addTenant({ creditorFiscalCode, segregationCode: '01' })
    const creditor = { ...pair.first.creditor, stationId: `${pair.first.creditor.brokerFiscalCode}_02` }
    pair.second = await stage.addTenant({ creditorFiscalCode, segregationCode: '02', creditor })
  })

  test.each(['first', 'second'] as const)(
    'are told apart by the segregation code: a payment of the %s stays its own',
    async (which) => {
      const own = pair[which]
      const other = pair[which === 'first' ? 'second' : 'first']
      const wallet = await stage.wallet(own)
      const notice = await stage.topUp(own, wallet, 3_000)
      expect((await node.verify(stationOf(own), notice)).verdict).toBe('OK')
      const before = [await stage.suspense(other), await stage.receipts(other)]
      expect((await node.send(stationOf(own), { ...notice, amountCents: 3_000 })).verdict).toBe('OK')
      expect(await stage.balance(own, wallet)).toBe(3_000n)
      expect([await stage.suspense(other), await stage.receipts(other)]).toEqual(before)
    },
  )

  test('each answers at its own station only', async () => {
    const notice = await stage.topUp(pair.second, await stage.wallet(pair.second), 3_000)
    const answer = await node.verify(stationOf(pair.first), notice)
    expect(answer.verdict).toBe('PAA_STAZIONE_INT_ERRATA')
  })
})

test.each(['suspended', 'closed'] as const)(
  'an entity that is %s sells nothing any more, and still books what was paid',
  async (state) => {
    const inactive = await stage.addTenant()
    const wallet = await stage.wallet(inactive)
    const notice = await stage.topUp(inactive, wallet, 7_000)
    await house.services.db.updateTable('tenants').set({ state }).where('id', '=', inactive.id).execute()
    house.registry.forget()
    const to = stationOf(inactive)
    expect((await node.verify(to, notice)).verdict).toBe('PAA_ID_DOMINIO_ERRATO')
    expect((await node.get(to, notice)).verdict).toBe('PAA_ID_DOMINIO_ERRATO')
    expect((await node.send(to, { ...notice, amountCents: 7_000, receiptId: newId() })).verdict).toBe('OK')
    expect(await stage.balance(inactive, wallet)).toBe(7_000n)
  },
)

test('every answer of this file is valid against the official schema', () => {
  expect(refusedByXsd('faults over HTTP', node.answers)).toEqual([])
})
