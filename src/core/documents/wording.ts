import type { Language } from '../i18n.ts'

const formats = new Map<Language, Intl.NumberFormat>()

/** An amount without its currency, as the notice prints it: `1.020,99` in Italian, `1,020.99` in English. */
export function plainAmount(valueCents: bigint, language: Language): string {
  let format = formats.get(language)
  if (!format) {
    const locale = language === 'it' ? 'it-IT' : 'en-IE'
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      useGrouping: 'always',
    })
    formats.set(language, format)
  }
  const absolute = valueCents < 0n ? -valueCents : valueCents
  const text = format.format(
    `${absolute / 100n}.${(absolute % 100n).toString().padStart(2, '0')}` as `${number}`,
  )
  return valueCents < 0n ? `−${text}` : text
}

/** A notice number in groups of four, the last of two (guide to the notice: 22 characters). */
export function groupNoticeNumber(noticeNumber: string): string {
  return noticeNumber.replace(/(\d{4})(?=\d)/g, '$1 ')
}
