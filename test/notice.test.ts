import { describe, expect, test } from 'vitest'
import { readText, scanQr, scanSlip } from '#core/documents/reading.ts'
import { openDesk } from '#core/desk.ts'
import { cents } from '#core/money.ts'
import { creditorSchema, policiesSchema, postalSlipAccount, type Tenant } from '#core/tenant.ts'
import { noticeDocumentOf } from '#core/top-ups/notice-document.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { openTestHouse, type TestFamily } from './support/house.ts'
import { signIn } from './support/portal-client.ts'

const stage = await openTestHouse()
const { house, clock, addTenant, addFamily } = stage
const { services } = house

const postalIban = 'IT40P0760101600000012345678'
const postalAccount = {
  holder: 'Comune di Prova - Servizio tesoreria',
  authorization: 'AUT. DB/TEST/X DEL 01/01/2026',
}

/** An entity with those policies, with or without its postal account, and a notice of one of its families. */
async function withNotice(policies: object, postal: object = {}) {
  const model = await addTenant()
  const tenant = await addTenant({
    policies: policiesSchema.parse(policies),
    creditor: { ...model.creditor, ...postal },
  })
  const family = await addFamily(tenant, 1)
  const draft = {
    walletId: family.children[0]!.walletId,
    amountCents: cents(3_750n),
    accountId: family.accountId,
  }
  const options = { channelId: 'psp-notice', validDays: 30 }
  const [topUp] = await openTopUps(services.db, services.scheme, tenant, [draft], options, clock.now())
  return { tenant, family, topUp: topUp! }
}

describe('what a notice says follows from the entity', () => {
  test('an entity that decides nothing has it in Italian with its day, and English for who reads English', async () => {
    const { tenant, topUp } = await withNotice({})
    const italian = await noticeDocumentOf(services, tenant, topUp.id, 'it')
    expect(italian.secondLanguage).toBeUndefined()
    expect(italian.dueDate).toBe(italian.payableUntil)
    expect(italian.postalSlip).toBeUndefined()
    expect((await noticeDocumentOf(services, tenant, topUp.id, 'en')).secondLanguage).toBe('en')
  })

  test('an entity’s second language is on every notice, whoever reads', async () => {
    const { tenant, topUp } = await withNotice({ noticeSecondLanguage: 'de' })
    const [italian, english] = [
      await noticeDocumentOf(services, tenant, topUp.id, 'it'),
      await noticeDocumentOf(services, tenant, topUp.id, 'en'),
    ]
    expect([italian.secondLanguage, english.secondLanguage]).toEqual(['de', 'de'])
  })

  test('an entity without a due date names none, and an e-mail still says until when', async () => {
    const { tenant, topUp } = await withNotice({ noticeShowsDueDate: false })
    const notice = await noticeDocumentOf(services, tenant, topUp.id, 'it')
    expect(notice.dueDate).toBeUndefined()
    expect(notice.payableUntil).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  test('with a postal account the printed slip and both codes tell the same payment', async () => {
    const { tenant, topUp } = await withNotice({}, { postalIban, postalAccount })
    const pdf = await openDesk(services, tenant, 'psp-notice').noticePdf(topUp.id, 'it')
    const text = readText(pdf)
    expect(text).toContain('sul C/C n. 000012345678')
    expect(text).toContain('Intestato a Comune di Prova - Servizio tesoreria')
    const [fiscalCode, amount] = [tenant.creditorFiscalCode, '0000003750']
    expect(scanQr(pdf)).toEqual([`PAGOPA|002|${topUp.noticeNumber}|${fiscalCode}|3750`])
    expect(scanSlip(pdf)).toBe(
      `codfase=NBPA;18${topUp.noticeNumber}1200001234567810${amount}38961P1${fiscalCode}` +
        `${'ANONIMO'.padEnd(16)}${'Elena Provetti'.padEnd(40)}${topUp.description.padEnd(110)}${'A'.padStart(13)}`,
    )
  })

  test.each([
    ['no postal account', {}],
    ['no leave of Poste to print', { postalIban }],
    ['no postal IBAN', { postalAccount }],
    ['an IBAN of a bank', { postalIban: 'IT60X0542811101000000123456', postalAccount }],
  ])('with %s there is no slip', async (_, postal) => {
    const { tenant, topUp } = await withNotice({}, postal)
    expect((await noticeDocumentOf(services, tenant, topUp.id, 'it')).postalSlip).toBeUndefined()
  })
})

test('the page of a notice is its equivalent: postal account, holder, no day where none is named, German', async () => {
  const policies = { noticeShowsDueDate: false, noticeSecondLanguage: 'de' }
  const { tenant, family, topUp } = await withNotice(policies, { postalIban, postalAccount })
  const page = await pageOf(tenant, family, topUp.id)
  for (const part of ['000012345678', postalAccount.holder, postalAccount.authorization, 'Pagabile fino al'])
    expect(page).toContain(part)
  expect(page).not.toMatch(/entro il/)
  const german = /<details[^>]* lang="de">[\s\S]*?<\/details>/.exec(page)?.[0]
  expect(german).toContain('Zahlungsmitteilung')
  expect(german).toContain('37,50 Euro')
  expect(german).toContain('Supermärkten')
})

test('the page of a plain notice names its day and speaks one language', async () => {
  const { tenant, family, topUp } = await withNotice({})
  const page = await pageOf(tenant, family, topUp.id)
  expect(page).toMatch(/entro il \d\d\/\d\d\/\d{4}/)
  expect(page).not.toMatch(/Pagabile fino al|<details[^>]* lang=|C\/C/)
})

async function pageOf(tenant: Tenant, family: TestFamily, topUpId: string): Promise<string> {
  return (await signIn(stage, tenant, family)).page(`/${tenant.slug}/avvisi/${topUpId}`)
}

test('entities stored before notices had these choices are read as they were', () => {
  expect(policiesSchema.parse({})).toMatchObject({ noticeShowsDueDate: true, noticeSecondLanguage: null })
  const stored = {
    name: 'Comune di Prova',
    brokerFiscalCode: '99999999990',
    stationId: '99999999990_01',
    iban: 'IT60X0542811101000000123456',
    postalIban,
  }
  expect(creditorSchema.parse(stored)).toEqual(stored)
  expect(postalSlipAccount(creditorSchema.parse(stored))).toBeUndefined()
  expect(postalSlipAccount(creditorSchema.parse({ ...stored, postalAccount }))).toEqual({
    number: '000012345678',
    ...postalAccount,
  })
  for (const authorization of ['', 'DB/1', `AUT. ${'X'.repeat(60)}`, 'AUT. è vietato'])
    expect(
      creditorSchema.safeParse({ ...stored, postalAccount: { ...postalAccount, authorization } }).success,
    ).toBe(false)
})
