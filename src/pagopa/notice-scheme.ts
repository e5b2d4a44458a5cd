import type { NoticeScheme } from '#core/notice-scheme.ts'
import { dataMatrixText } from './datamatrix-text.ts'
import { iuvOf, noticeNumber } from './notice-number.ts'
import { noticeQrText } from './qr-text.ts'

/** pagoPA's rules for numbers and codes of notices, as the rooms below ask for them. */
export const noticeScheme: NoticeScheme = { noticeNumber, iuvOf, qrText: noticeQrText, dataMatrixText }
