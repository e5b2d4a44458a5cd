import { describe, expect, test } from 'vitest'
import { cents } from '#core/money.ts'
import { paymentCodeOf } from '#core/payment-codes.ts'
import type { Tenant } from '#core/tenant.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { registerGuardian } from '#tenants/people/guardians.ts'
import { OPERATIONS } from '../../sandbox/node/operations.ts'
import { element } from '../../sandbox/wire/xml.ts'
import { operationNames, serviceOf, stationOf, textAt, topUpPayload } from '../support/soap.ts'
import { KeptAnswers } from './kept-answers.ts'
import { openStage } from './stage.ts'

/* Every OK there is, in every shape that the data of an entity and a parent can give it. */

const stage = await openStage()
const { house, node, clock } = stage
const { db, vault, scheme } = house.services
const kept = new KeptAnswers()
const model = await stage.addTenant()

/** What an entity and a parent may be called. */
const shapes: [
  what: string,
  creditorName: string,
  officeName: string,
  description: string,
  person: string,
][] = [
  ['plain', 'Comune di Prova', 'Servizi scolastici', 'Ricarica refezione scolastica', 'Maria'],
  [
    'in two languages',
    'Comune di Brunico - Stadtgemeinde Bruneck',
    'Ufficio scuole / Schulamt',
    'Mensa – Schulausspeisung für Grundschüler',
    'Jürgen',
  ],
  ['of one letter', 'E', 'U', 'R', 'M'],
  ['as long as can be', 'È'.repeat(100), 'Ù'.repeat(50), 'à'.repeat(90), 'ò'.repeat(60)],
  [
    'as long as can be, in four bytes each',
    '🍝'.repeat(50),
    '🍝'.repeat(25),
    '🍝'.repeat(45),
    '🍝'.repeat(30),
  ],
  ['of markup', '<Ente> & "figli" \'srl\'', ']]><!-- &amp; -->', '<![CDATA[x]]>&#0;', '<b>&</b>'],
  [
    'with control characters',
    'Ente\u0001\u0008\u001f\u007f\u0085 di prova',
    'A\tB\r\nC',
    'Riga\nuna\u000bdue\u2028tre',
    'Ma\u0002ria',
  ],
  ['of control characters alone', '\u0001\u0002', '\u0003', '\u0007\u0008', '\u001b'],
  ['of white space', '   ', ' ', '\t\n', '\u00a0'],
  ['with characters that XML does not know', 'Ente\ufffe\uffff', 'Uff\ufffe', 'Mensa\uffff', 'Ma\ufffe'],
  ['right to left and joined', '\u202eetnE\u202c', 'مكتب', '👩‍👩‍👧‍👦 mensa', 'فاطمة'],
  ['of digits and dots', '00123', '..', '1.000,00 €', "D'Àngelo-Özil"],
]

describe.each(shapes)(
  'every OK of an entity whose names are %s',
  (_, creditorName, officeName, description, person) => {
    const accounts = [null, 'CF']
    test.each([
      ['a postal account', 'IT40P0760101600000012345678'],
      ['no postal account', undefined],
    ])('with %s', async (__, postalIban) => {
      const tenant = await entity(creditorName, officeName, description, postalIban)
      const station = stationOf(tenant)
      const walletId = await stage.wallet(tenant)
      for (const fiscalCode of accounts) {
        const notice = await noticeOf(tenant, walletId, person, fiscalCode && 'RSSMRA80A01F205X')
        const verified = await node.verify(station, notice)
        expect(verified.verdict).toBe('OK')
        kept.keep('paVerifyPaymentNotice', verified.text)
        const isPostal = postalIban !== undefined
        expect(textAt(verified.payload, 'paymentList/paymentOptionDescription/allCCP')).toBe(String(isPostal))
        for (const version of ['V1', 'V2'] as const) {
          for (const transferType of [undefined, 'POSTAL', 'PAGOPA'] as const) {
            const details = transferType ? [element('transferType', transferType)] : []
            const got = await node.get(station, notice, details, version)
            expect(got.verdict).toBe('OK')
            kept.keep(version === 'V1' ? 'paGetPayment' : 'paGetPaymentV2', got.text)
            const at = (path: string) => textAt(got.payload, `data/transferList/transfer/${path}`)
            expect(at('IBAN')).toBe(
              transferType === 'POSTAL' ? (postalIban ?? tenant.creditor.iban) : tenant.creditor.iban,
            )
            // The second account is a matter of V2 alone, and of payments that may go to either.
            const told = isPostal && version === 'V2' && transferType === 'PAGOPA'
            expect([at('metadata/mapEntry/key'), at('metadata/mapEntry/value')]).toEqual(
              told ? ['IBANAPPOGGIO', postalIban] : [undefined, undefined],
            )
            const debtor = textAt(got.payload, 'data/debtor/uniqueIdentifier/entityUniqueIdentifierValue')
            expect(debtor).toBe(fiscalCode ? 'RSSMRA80A01F205X' : 'ANONIMO')
          }
        }
        for (const version of ['V1', 'V2'] as const) {
          const paid = { ...notice, amountCents: 4_321, version }
          const sent = await node.send(station, paid)
          expect(sent.verdict).toBe('OK')
          kept.keep(version === 'V1' ? 'paSendRT' : 'paSendRTV2', sent.text)
        }
      }
      const code = await paymentCodeOf(db, vault, tenant.id, walletId, clock.now())
      const demanded = await node.demand(station, serviceOf(tenant), topUpPayload(code, 4_321))
      expect(demanded.verdict).toBe('OK')
      kept.keep('paDemandPaymentNotice', demanded.text)
    })

    /** What the Node is told of a debt names nobody but in the element for it. */
    test('and none of them names the child, or the parent outside of the debtor', async () => {
      const tenant = await entity(creditorName, officeName, description)
      const family = await stage.addFamily(tenant, 1)
      const notice = await noticeOf(tenant, family.children[0]!.walletId, person, null)
      const texts = [
        (await node.verify(stationOf(tenant), notice)).text,
        (await node.get(stationOf(tenant), notice)).text,
      ]
      const code = await paymentCodeOf(db, vault, tenant.id, family.children[0]!.walletId, clock.now())
      texts.push((await node.demand(stationOf(tenant), serviceOf(tenant), topUpPayload(code, 4_321))).text)
      for (const text of texts) {
        const outside = text.replace(/<debtor>.*<\/debtor>/, '')
        expect(outside).not.toContain('Provetti')
        for (const { firstName, childId } of family.children) {
          expect(text).not.toContain(firstName)
          expect(text).not.toContain(childId)
        }
      }
    })
  },
)

async function entity(
  name: string,
  officeName: string,
  paymentDescription: string,
  postalIban?: string,
): Promise<Tenant> {
  return stage.addTenant({
    creditor: { ...model.creditor, name, ...(postalIban ? { postalIban } : {}) },
    branding: { ...model.branding, officeName },
    categories: [{ code: 'REFEZIONE', label: 'Mensa', paymentDescription, taxonomyCode: '9/0107101TS/' }],
  })
}

/** An open notice that a parent of that name has asked for. */
async function noticeOf(tenant: Tenant, walletId: string, name: string, fiscalCode: string | null) {
  const person = { firstName: name, lastName: name, email: null, language: 'it' as const }
  const username = `u${Math.random().toString(36).slice(2)}`
  const accountId = await registerGuardian(
    db,
    vault,
    tenant.id,
    { ...person, fiscalCode, username, password: 'parola-di-prova' },
    clock.now(),
  )
  const drafts = [{ walletId, amountCents: cents(4_321), accountId }]
  const [opened] = await openTopUps(
    db,
    scheme,
    tenant,
    drafts,
    { channelId: 'psp-notice', validDays: 30 },
    clock.now(),
  )
  return { ...opened!, fiscalCode: tenant.creditorFiscalCode }
}

test('every one of these answers is valid against the official schema, and none is missing', () => {
  expect([...kept.kinds()].toSorted()).toEqual(
    operationNames.map((operation) => `${OPERATIONS[operation].response} OK`).toSorted(),
  )
  expect(kept.count).toBeGreaterThan(200)
  expect(kept.refused('answers in every shape')).toEqual([])
})
