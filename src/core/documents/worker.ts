import { parentPort } from 'node:worker_threads'
import { invariant } from '../errors.ts'
import { printLeaflet, printNotice, printReceipt } from './print.ts'
import type { Answer, Job } from './render.ts'
import { specimenNotice, specimenReceipt, specimenSlip } from './specimen.ts'

/* The one thread in which documents are printed; render.ts starts it and hands it one job at a time. */

const port = parentPort
invariant(port, 'worker.ts runs in a worker thread')

port.on('message', (job: Job) => {
  void answer(job).then(async (message) => {
    // React-pdf leaves work for the timer phase; without this turn the heap grows by 75 KB a document.
    await new Promise((resolve) => setTimeout(resolve))
    port.postMessage(message, 'pdf' in message ? [message.pdf.buffer] : [])
  })
})

async function answer(job: Job): Promise<Answer> {
  try {
    return { pdf: new Uint8Array(await print(job)) }
  } catch (error) {
    return { failure: error instanceof Error ? error : new Error(String(error)) }
  }
}

async function print(job: Job): Promise<Uint8Array> {
  if (job.kind === 'notice') return printNotice(job.data)
  if (job.kind === 'receipt') return printReceipt(job.data)
  if (job.kind === 'leaflet') return printLeaflet(job.data)
  // The first render of each kind takes ten times as long as the next.
  await printNotice({ ...specimenNotice, postalSlip: specimenSlip })
  return printReceipt(specimenReceipt)
}
