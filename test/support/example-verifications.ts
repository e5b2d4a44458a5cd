import { cents } from '#core/money.ts'
import type { Example, Frame } from './example-views.ts'

const at = (time: string) => new Date(`2026-11-23T${time}Z`)

/** The public page behind the code on a receipt. */
export function exampleVerifications(frame: Frame): readonly Example[] {
  const view = {
    ...frame(null),
    code: '7K3M-9Q2X-W4T8-ZB6H',
    creditorName: 'Cassano Magnago Servizi S.p.A.',
    disposition: 'credited',
    reversedOn: null,
    errors: {},
  }
  const verified = {
    amountCents: cents(5000n),
    paidOn: '2026-11-23',
    pspName: 'Banca Inventata S.p.A.',
    creditorReference: '01002611000421892',
    issuedAt: at('09:43:12'),
    disposition: 'credited',
    ledger: {
      transactionId: '01a20e24-77a2-74a1-93ad-cb4c64e8bd7f',
      bookedAt: at('09:43:11'),
      bookedCents: cents(5000n),
      fingerprint: '5f0d3c1e'.repeat(8),
      reversedAt: undefined,
    },
  } as const
  const unknown = { codice: 'Nessuna ricevuta di questo ente ha questo codice.' }
  return [
    { name: 'verify', page: 'verify', view: { ...view, verified } },
    { name: 'verify-unknown', page: 'verify', view: { ...view, verified: null, errors: unknown } },
  ]
}
