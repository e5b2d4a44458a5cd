import { z } from 'zod'
import { defineChannel } from '#core/channel.ts'
import { invariant } from '#core/errors.ts'
import { emailNotice } from './email-notice.job.ts'

/** The payment notice: a page to print, save or be e-mailed, paid at any PSP, bank, post office or app. */
export const pspNotice = defineChannel({
  id: 'psp-notice',
  label: { it: 'Paga presso PSP', en: 'Pay at a PSP' },
  note: { it: 'Avviso per banca, posta, tabaccaio', en: 'A notice for bank, post office, tobacconist' },
  icon: 'it-file-pdf-ext',
  settings: z.strictObject({
    /** Days that a notice can be paid; the entity's own number when left out. */
    noticeDays: z.number().int().min(1).max(365).optional(),
  }),
  surfaces: ['portal', 'app'],
  jobs: [emailNotice],
  maxTopUps: 1,
  offer: () => ({ offered: true }),
  async start({ drafts }, { desk, settings, tenant }) {
    const [opened] = await desk.open(drafts, { validDays: settings.noticeDays ?? tenant.noticeValidityDays })
    invariant(opened, 'a desk opens what it is asked to')
    return { kind: 'document', documentId: opened.id, noticeNumber: opened.noticeNumber }
  },
})
