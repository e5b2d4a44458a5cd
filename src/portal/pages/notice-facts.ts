import { formatDate } from '#core/clock.ts'
import type { NoticeDocument, NoticeLanguage } from '#core/documents/notice-data.ts'
import { noticeTexts } from '#core/documents/notice-texts.ts'
import { groupNoticeNumber, plainAmount } from '#core/documents/wording.ts'
import type { Language } from '#core/i18n.ts'
import type { NoticeFacts, NoticeTranslation } from '../views/payment.ts'

/**
 * What the printed notice says, for its page: the PDF has no tags, so the page is its accessible equivalent and
 * keeps back nothing. What the paper says in languages that the page does not speak follows in those.
 */
export function noticeFacts(notice: NoticeDocument, language: Language): NoticeFacts {
  const { creditor, debtor, postalSlip } = notice
  const spoken: NoticeLanguage[] = ['it', ...(notice.secondLanguage ? [notice.secondLanguage] : [])]
  return {
    dueOn: notice.dueDate ?? null,
    payableUntil: notice.payableUntil,
    creditor: {
      name: creditor.name,
      fiscalCode: creditor.fiscalCode,
      office: creditor.office ?? null,
      info: creditor.info ?? null,
      cbill: creditor.cbill ?? null,
    },
    debtorName: debtor.fullName,
    debtorFiscalCode: debtor.fiscalCode ?? null,
    slip: postalSlip
      ? { account: postalSlip.account, holder: postalSlip.holder, authorization: postalSlip.authorization }
      : null,
    translations: spoken.filter((one) => one !== language).map((one) => translation(notice, one)),
  }
}

function translation(notice: NoticeDocument, language: NoticeLanguage): NoticeTranslation {
  const t = noticeTexts(language)
  const { creditor, debtor, dueDate } = notice
  const amount = plainAmount(notice.amountCents, language === 'en' ? 'en' : 'it')
  const row = (key: string, value: string | undefined) =>
    value === undefined ? [] : [{ label: t(`document.notice.${key}`), value }]
  const part = (name: string, values = {}) => ({
    title: t(`document.notice.${name}_title`),
    text: t(`document.notice.${name}`, values),
  })
  return {
    language,
    name: new Intl.DisplayNames(language, { type: 'language' }).of(language)!,
    title: t('document.notice.title'),
    rows: [
      ...row('amount', `${amount} ${t('document.notice.currency')}`),
      ...row('due', dueDate && formatDate(dueDate)),
      ...row('field_debtor', debtor.fullName),
      ...row('field_creditor', creditor.name),
      ...row('field_subject', notice.subject),
      ...row('field_cbill', creditor.cbill),
      ...row('field_notice_number', groupNoticeNumber(notice.noticeNumber)),
      ...row('field_fiscal_code', creditor.fiscalCode),
    ],
    note: t('document.notice.note'),
    whereTitle: t('document.notice.where_title'),
    where: [part('online', { creditor: creditor.name }), part('local')],
  }
}
