import { z } from 'zod'
import { defineChannelJob } from '#core/channel.ts'
import { formatMoney } from '#core/money.ts'
import { translator } from '#core/i18n.ts'
import type { NoticeEmailView } from '#core/templates.ts'

/** Sends a notice to the address that a parent typed, with the PDF attached. The row behind `emailId` holds both. */
export const emailNotice = defineChannelJob({
  name: 'notice.email',
  lane: 'mail',
  data: z.object({ tenantId: z.uuid(), emailId: z.uuid() }),
  run: ({ emailId }, { desk, render, tenant }) =>
    desk.deliverEmail(emailId, async ({ subjectId, address, language }) => {
      const [notice, pdf] = [
        await desk.noticeDocument(subjectId, language),
        await desk.noticePdf(subjectId, language),
      ]
      const view: NoticeEmailView = {
        entity: tenant.letterhead,
        recipientName: null,
        amountCents: notice.amountCents,
        description: notice.subject,
        noticeNumber: notice.noticeNumber,
        creditor: { name: notice.creditor.name, fiscalCode: notice.creditor.fiscalCode },
        dueOn: notice.payableUntil,
        href: new URL(`/${tenant.slug}/avvisi/${subjectId}`, tenant.publicUrl).href,
      }
      const t = translator(language)
      return {
        id: emailId,
        to: address,
        subject: t('email.notice.subject', {
          number: notice.noticeNumber,
          amount: formatMoney(notice.amountCents, language),
        }),
        html: render('emails/notice.html', view, language),
        text: render('emails/notice.text', view, language),
        attachments: [
          { filename: `avviso-${notice.noticeNumber}.pdf`, content: pdf, contentType: 'application/pdf' },
        ],
      }
    }),
})
