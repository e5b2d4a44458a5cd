import { z } from 'zod'
import { defineChannel } from '#core/channel.ts'
import { DomainError, invariant } from '#core/errors.ts'

/**
 * The child's code at the tobacconist's: the terminal scans it, the payer names the amount, and the Node asks us
 * for a notice over just that. The code says nothing about anybody.
 */
export const puntolisQr = defineChannel({
  id: 'puntolis-qr',
  label: { it: 'Codice QR dal tabaccaio', en: 'QR code at the tobacconist' },
  note: {
    it: 'Mostra il codice di tuo figlio e scegli quanto versare',
    en: 'Show your child’s code and choose how much',
  },
  icon: 'qr-code',
  settings: z.strictObject({
    /** What the QR says; the three names in braces are filled in. */
    qrTemplate: z
      .string()
      .max(200)
      .regex(/\{code\}/, 'must contain {code}')
      .default('{idServizio}|{idSoggettoServizio}|{code}'),
    /** Life of a notice made at the counter, in minutes. */
    noticeMinutes: z.number().int().min(5).max(1440).default(60),
  }),
  surfaces: ['portal', 'app', 'counter'],
  jobs: [],
  maxTopUps: 0,
  offer: ({ tenant }) =>
    tenant.serviceId && tenant.serviceSubjectId
      ? { offered: true }
      : { offered: false, because: 'channel.puntolis-qr.no_service' },
  guide: () => ['open', 'show', 'pay'].map((step) => ({ key: `leaflet.channel.puntolis-qr.${step}` })),
  async start({ walletId }, { desk, settings, tenant }) {
    if (!tenant.serviceId || !tenant.serviceSubjectId) throw new DomainError('channel.not_offered')
    const code = await desk.paymentCode(walletId)
    const payload = settings.qrTemplate
      .replace('{idServizio}', tenant.serviceId)
      .replace('{idSoggettoServizio}', tenant.serviceSubjectId)
      .replace('{code}', code)
    return { kind: 'code', payload, caption: code }
  },
  async onDemand({ paymentCode, amountCents }, { desk, settings }) {
    const { walletId } = await desk.findWalletByCode(paymentCode)
    const [opened] = await desk.open([{ walletId, amountCents }], { validMinutes: settings.noticeMinutes })
    invariant(opened, 'a desk opens what it is asked to')
    return opened
  },
})
