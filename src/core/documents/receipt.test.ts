import { expect, test } from 'vitest'
import { cents, MAX_CENTS, signedCents } from '../money.ts'
import { printReceipt } from './print.ts'
import { overlappingWords, readGrey, readProperties, readQr, readText, readWords } from './reading.ts'
import type { ReceiptDocument } from './receipt-data.ts'
import { specimenReceipt } from './specimen.ts'

const QR_REGION = { left: 486, top: 649, width: 91, height: 91 }

test('the copy of a receipt says all that SANP asks of an attestation, and what it did to the credit', async () => {
  const pdf = await printReceipt(specimenReceipt)
  const text = readText(pdf)
  for (const part of [
    'RICEVUTA DI PAGAMENTO',
    'PAGATO',
    'Ricarica mensa scolastica',
    'Comune di Esempio',
    '77777777777',
    'Elena Esempi',
    '50,00 Euro',
    '23/11/2026, 15:04',
    '24/11/2026',
    '1,50 Euro',
    '51,50 Euro',
    'Banca di Esempio S.p.A.',
    '88888888888',
    'Paga online',
    'Carta di pagamento',
    '3010 0261 1000 4218 92',
    '01002611000421892',
    'c110729d258c4ab1b765fe902aae41d6',
    'Refezione scolastica',
    'per Sofia',
    '12,40 Euro',
    '+50,00 Euro',
    '62,40 Euro',
    'Ricevuta emessa il 24/11/2026 · copia scaricabile dal 27/11/2026',
    '730',
    'K7QF-29XM-T4PA-ZB6H',
  ]) {
    expect(text).toContain(part)
  }
  expect(readProperties(pdf).get('Pages')).toBe('1')
  expect(readQr(pdf, QR_REGION)).toBe(specimenReceipt.verification!.url)
})

test('a receipt that lacks the optional data says so, and leaves no empty label', async () => {
  const { verification: _, balanceAfterCents: __, payment, ...rest } = specimenReceipt
  const {
    applicationDate,
    amountCents,
    noticeNumber,
    creditorReference,
    receiptId,
    pspName,
    channel,
    description,
  } = payment
  const text = readText(
    await printReceipt({
      ...rest,
      payment: {
        amountCents,
        noticeNumber,
        creditorReference,
        receiptId,
        pspName,
        channel,
        description,
        paidAt: undefined,
        applicationDate: applicationDate!,
      },
    }),
  )
  expect(text).toContain('pagato il')
  expect(text).toContain('24/11/2026')
  expect(text).toContain('Non comunicata dal PSP')
  expect(text).toContain('Versante non comunicato')
  expect(text).toContain('non è compresa')
  expect(text).not.toMatch(/VERIFICA|Credito prima|Metodo di pagamento|Codice fiscale del PSP|undefined/)
})

test('the page carries the colour of the entity, and "paid" is a word', async () => {
  const green = await printReceipt(specimenReceipt)
  const amber = await printReceipt({
    ...specimenReceipt,
    entity: { ...specimenReceipt.entity, primaryColor: '#FFB000' },
  })
  expect(readGrey(green, 300, 3)).toBeLessThan(110)
  expect(readGrey(amber, 300, 3)).toBeGreaterThan(150)
  for (const pdf of [green, amber]) expect(readText(pdf)).toContain('PAGATO')
})

test('in English labels and figures are English', async () => {
  const text = readText(await printReceipt({ ...specimenReceipt, language: 'en' }))
  expect(text).toContain('PAYMENT RECEIPT')
  expect(text).toContain('50.00 Euro')
  expect(text).toContain('Receipt issued on 24/11/2026 · copy available from 27/11/2026')
  expect(text).not.toContain('Credito')
})

test('a credit below zero is printed with its sign', async () => {
  const text = readText(await printReceipt({ ...specimenReceipt, balanceAfterCents: signedCents(-1_000) }))
  expect(text).toContain('−60,00 Euro')
  expect(text).toContain('−10,00 Euro')
})

test.each(['n', 'W'])(
  'fields at the maxima of the wire (words of 50 %s) stay on the page and inside the margins',
  async (letter) => {
    const word = letter.repeat(50)
    const full: ReceiptDocument = {
      ...specimenReceipt,
      entity: { ...specimenReceipt.entity, name: `${word} ${word}`, address: `${word} ${word} ${word}` },
      payment: {
        ...specimenReceipt.payment,
        amountCents: cents(MAX_CENTS),
        feeCents: cents(MAX_CENTS),
        creditorReference: letter.repeat(35),
        receiptId: letter.repeat(35),
        pspName: word,
        method: word,
        channel: word,
        description: `${word} ${word} ${word}`.slice(0, 140),
        payerName: `${word} ${word}`,
      },
      service: { category: `${word} ${word}`, childFirstName: word },
      creditedCents: cents(MAX_CENTS),
      balanceAfterCents: signedCents(MAX_CENTS * 2n),
      verification: {
        code: word,
        page: `https://${word.toLowerCase()}.example.it`,
        url: `https://${word.toLowerCase()}.example.it/${word}`,
      },
    }
    const pdf = await printReceipt(full)
    expect(readProperties(pdf).get('Pages')).toBe('1')
    expect(readQr(pdf, QR_REGION)).toBe(full.verification!.url)
    const words = readWords(pdf)
    for (const { word, left, right, bottom } of words) {
      expect(left, word).toBeGreaterThan(27)
      expect(right, word).toBeLessThan(568)
      expect(bottom, word).toBeLessThan(820)
    }
    expect(overlappingWords(words)).toEqual([])
    const inLastBar = words.filter(({ top, bottom }) => top < 640 && bottom > 624).map(({ word }) => word)
    expect(inLastBar.toSorted()).toEqual(['DA', 'SAPERE', 'VERIFICA'])
  },
)

test('metadata name the kind of document and no person, and the same data give the same bytes', async () => {
  const pdf = await printReceipt(specimenReceipt)
  const properties = readProperties(pdf)
  expect(properties.get('Title')).toBe('Ricevuta di pagamento')
  expect(Array.from(properties.values()).join(' ')).not.toMatch(/Elena|Sofia|Esempi/)
  expect(Buffer.compare(await printReceipt(specimenReceipt), pdf)).toBe(0)
})
