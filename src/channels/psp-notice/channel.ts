import { z } from 'zod'
import { type ChannelContext, defineChannel } from '#core/channel.ts'
import { invariant } from '#core/errors.ts'
import { emailNotice } from './email-notice.job.ts'

const settings = z.strictObject({
  /** Days that a notice can be paid; the entity's own number when left out. */
  noticeDays: z.number().int().min(1).max(365).optional(),
})

/** Calendar days that a new notice can be paid. */
function validDays({ settings: own, tenant }: ChannelContext<z.infer<typeof settings>>): number {
  return own.noticeDays ?? tenant.noticeValidityDays
}

/** The payment notice: a page to print, save or be e-mailed, paid at any PSP, bank, post office or app. */
export const pspNotice = defineChannel({
  id: 'psp-notice',
  label: { it: 'Paga presso PSP', en: 'Pay at a PSP' },
  note: { it: 'Avviso per banca, posta, tabaccaio', en: 'A notice for bank, post office, tobacconist' },
  icon: 'it-file-pdf-ext',
  settings,
  surfaces: ['portal', 'app'],
  jobs: [emailNotice],
  maxTopUps: 1,
  offer: () => ({ offered: true }),
  guide: (context) => [
    { key: 'leaflet.channel.psp-notice.choose' },
    { key: 'leaflet.channel.psp-notice.keep' },
    { key: 'leaflet.channel.psp-notice.pay' },
    ...(context.tenant.latePaymentAllowed
      ? []
      : [{ key: 'leaflet.channel.psp-notice.days', values: { count: validDays(context) } }]),
  ],
  async start({ drafts }, context) {
    const { desk } = context
    const [opened] = await desk.open(drafts, { validDays: validDays(context) })
    invariant(opened, 'a desk opens what it is asked to')
    return { kind: 'document', documentId: opened.id, noticeNumber: opened.noticeNumber }
  },
})
