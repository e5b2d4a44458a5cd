import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import { cents } from '#core/money.ts'
import { readRawReceipt } from '#core/receipts/verification.ts'
import type { Tenant } from '#core/tenant.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { payAtCounter } from './support/counter.ts'
import { openTestHouse } from './support/house.ts'
import { until } from './support/process.ts'

const { house, url, sandboxUrl, clock, addTenant, addFamily } = await openTestHouse()
const { db, scheme } = house.services

/** A paid top-up, and the code on its receipt's copy. */
async function paid(tenant: Tenant): Promise<{ code: string; receiptId: string; noticeNumber: string }> {
  const { accountId, children } = await addFamily(tenant, 1)
  const draft = { walletId: children[0]!.walletId, amountCents: cents(3_750n), accountId }
  const options = { channelId: 'psp-notice', validDays: 30 }
  const [opened] = await openTopUps(db, scheme, tenant, [draft], options, clock.now())
  const { noticeNumber } = opened!
  await payAtCounter(sandboxUrl, tenant.creditorFiscalCode, noticeNumber)
  const copy = await until(() =>
    inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('receipt_copies')
        .select(['receipt_id', 'verification_code'])
        .where('tenant_id', '=', tenant.id)
        .executeTakeFirst(),
    ),
  )
  return { code: copy.verification_code!, receiptId: copy.receipt_id, noticeNumber }
}

const open = (path: string) => fetch(`${url}/${path}`, { redirect: 'manual' })

describe('the code on a receipt', () => {
  test('opens a public page that confirms amount, day, entity and place in the ledger, and names nobody', async () => {
    const tenant = await addTenant()
    const { code } = await paid(tenant)
    const answer = await open(`${tenant.slug}/verifica/${code}`)
    expect(answer.status).toBe(200)
    const page = await answer.text()
    expect(page).toContain('37,50')
    expect(page).toContain(tenant.creditor.name)
    expect(page).toContain(tenant.creditorFiscalCode)
    const [booked] = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('ledger_transactions').select('id').where('tenant_id', '=', tenant.id).execute(),
    )
    expect(page).toContain(booked!.id)
    expect(page).toMatch(/[0-9a-f]{64}/)
    expect(page).not.toMatch(/Sofia|Provetti|Elena|genitore\./)
  })

  test('is understood as people type it', async () => {
    const tenant = await addTenant()
    const { code } = await paid(tenant)
    const typed = code.toLowerCase().replaceAll('0', 'o').replaceAll(/.{4}/g, '$& - ')
    const answer = await open(`${tenant.slug}/verifica?codice=${encodeURIComponent(typed)}`)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/${tenant.slug}/verifica/${code}`)
  })

  test('says nothing at another entity, nor with one letter changed, and guessing is slowed', async () => {
    const [tenant, other] = [await addTenant(), await addTenant()]
    const { code } = await paid(tenant)
    const changed = (code.startsWith('0') ? '1' : '0') + code.slice(1)
    const elsewhere = await open(`${other.slug}/verifica/${code}`)
    const wrong = await open(`${tenant.slug}/verifica/${changed}`)
    expect([elsewhere.status, wrong.status]).toEqual([404, 404])
    expect(await wrong.text()).not.toContain('37,50')
    clock.toNextMinute()
    const answers: number[] = []
    for (let guess = 0; guess < 14; guess++)
      answers.push((await open(`${tenant.slug}/verifica/${changed}`)).status)
    expect(answers).toEqual([...Array<number>(10).fill(404), ...Array<number>(4).fill(429)])
  })
})

test('the raw receipt is kept exactly as it came', async () => {
  const tenant = await addTenant()
  const { receiptId, noticeNumber } = await paid(tenant)
  const raw = await readRawReceipt(db, tenant.id, receiptId, newId(), clock.now())
  expect(raw).toMatchObject({ contentType: 'application/xml', fileName: `rt-${noticeNumber.slice(1)}.xml` })
  expect(raw!.bytes.toString()).toContain(`<noticeNumber>${noticeNumber}</noticeNumber>`)
  const other = await addTenant()
  expect(await readRawReceipt(db, other.id, receiptId, newId(), clock.now())).toBeUndefined()
})
