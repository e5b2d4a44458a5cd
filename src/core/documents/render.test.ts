import { afterEach, expect, test } from 'vitest'
import { DomainError, UpstreamError } from '../errors.ts'
import { readProperties } from './reading.ts'
import { createDocumentRenderer, type DocumentRenderer } from './render.ts'
import { specimenNotice, specimenReceipt } from './specimen.ts'

let renderer: DocumentRenderer | undefined
afterEach(() => renderer?.close())

/** A thread that obeys the subject: it hangs, dies or throws; else it answers with its own count of jobs. */
const unruly = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    let served = 0
    parentPort.on('message', ({ data }) => {
      if (data.subject === 'hang') for (;;);
      if (data.subject === 'die') process.exit(3)
      if (data.subject === 'throw') throw new Error('out of ink')
      setTimeout(() => {
        parentPort.postMessage({ pdf: Uint8Array.of(++served) })
        if (data.subject === 'die later') setTimeout(() => process.exit(4))
      }, 20)
    })`)}`,
)
const notice = (subject: string) => ({ ...specimenNotice, subject })

test('documents come back as PDF files, each to the one who asked', async () => {
  renderer = createDocumentRenderer()
  await renderer.warmUp()
  const [first, receipt, second] = await Promise.all([
    renderer.notice(specimenNotice),
    renderer.receipt(specimenReceipt),
    renderer.notice({ ...specimenNotice, issuedOn: '2026-01-31' }),
  ])
  const told = (pdf: Uint8Array) => ['Title', 'CreationDate'].map((key) => readProperties(pdf).get(key))
  expect([first, receipt, second].map((pdf) => told(pdf)[0])).toEqual([
    'Avviso di pagamento',
    'Ricevuta di pagamento',
    'Avviso di pagamento',
  ])
  expect(told(second)[1]).toMatch(/Jan 3[01] .*2026/)
  expect(told(first)[1]).toMatch(/Nov 2[23] .*2026/)
})

test('a document that cannot be printed fails alone, with its reason, and the next one is printed', async () => {
  renderer = createDocumentRenderer()
  const poisoned = renderer.notice({ ...specimenNotice, qrText: 'x'.repeat(90) })
  const sound = renderer.notice(specimenNotice)
  await expect(poisoned).rejects.toThrow(/Maximum length exceeded/)
  await expect(poisoned).rejects.not.toBeInstanceOf(UpstreamError)
  expect(Buffer.from(await sound).toString('latin1', 0, 5)).toBe('%PDF-')
})

test.each([
  ['hang', /took longer than 400 ms/],
  ['die', /ended with code 3/],
  ['throw', /thread failed/],
])(
  'a job that makes the thread %s is rejected as retryable, and a new thread serves the next',
  async (subject, reason) => {
    renderer = createDocumentRenderer({ timeoutMs: 400, workerUrl: unruly })
    expect(await renderer.notice(notice('fine'))).toEqual(Uint8Array.of(1))
    const broken = renderer.notice(notice(subject))
    const next = renderer.notice(notice('fine'))
    await expect(broken).rejects.toThrow(reason)
    await expect(broken).rejects.toMatchObject({ retryable: true })
    expect(await next).toEqual(Uint8Array.of(1))
  },
)

test('a thread that dies at rest is replaced by the next job', async () => {
  renderer = createDocumentRenderer({ timeoutMs: 2_000, workerUrl: unruly })
  expect(await renderer.notice(notice('die later'))).toEqual(Uint8Array.of(1))
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await renderer.notice(notice('fine'))).toEqual(Uint8Array.of(1))
})

test('one document is in the press at a time, in the order of asking', async () => {
  renderer = createDocumentRenderer({ workerUrl: unruly })
  const printed = await Promise.all(['a', 'b', 'c', 'd'].map((subject) => renderer!.notice(notice(subject))))
  expect(printed.map(([count]) => count)).toEqual([1, 2, 3, 4])
})

test('a job asked for the moment another ends is not forgotten', async () => {
  renderer = createDocumentRenderer({ workerUrl: unruly })
  for (let count = 1; count <= 5; count++)
    expect(await renderer.notice(notice('fine'))).toEqual(Uint8Array.of(count))
})

test('when too many jobs wait the next is refused as overload', async () => {
  renderer = createDocumentRenderer({ workerUrl: unruly })
  const asked = Array.from({ length: 502 }, () => renderer!.notice(notice('fine')))
  await expect(asked.at(-1)).rejects.toMatchObject({ code: 'service.overloaded' })
  await expect(asked.at(-1)).rejects.toBeInstanceOf(DomainError)
  const settled = Promise.allSettled(asked)
  await renderer.close()
  expect((await settled).filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('closing lets the document in the press finish and refuses what waits and what comes', async () => {
  renderer = createDocumentRenderer({ workerUrl: unruly })
  const pressed = renderer.notice(notice('fine'))
  const waiting = renderer.notice(notice('fine'))
  const outcomes = Promise.allSettled([pressed, waiting])
  await renderer.close()
  expect(await outcomes).toMatchObject([
    { status: 'fulfilled', value: Uint8Array.of(1) },
    { status: 'rejected', reason: { retryable: true } },
  ])
  await expect(renderer.notice(notice('fine'))).rejects.toThrow('closed')
})
