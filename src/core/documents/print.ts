import { renderToBuffer } from '@react-pdf/renderer'
import type { ReactElement } from 'react'
import { type RomeDate, startOfRomeDay } from '../clock.ts'
import { type Language, translator } from '../i18n.ts'
import { document } from './elements.ts'
import { loadFonts } from './fonts.ts'
import type { LeafletDocument } from './leaflet-data.ts'
import { leafletPages } from './leaflet.ts'
import type { NoticeDocument } from './notice-data.ts'
import { noticePage } from './notice.ts'
import type { ReceiptDocument } from './receipt-data.ts'
import { receiptPage } from './receipt.ts'

/** Prints a payment notice in this thread, as a PDF file. Callers with other work use render.ts. */
export async function printNotice(data: NoticeDocument): Promise<Uint8Array> {
  await loadFonts()
  return print('document.notice.title', { ...data, language: 'it' }, noticePage(data))
}

/** Prints our copy of a receipt in this thread, as a PDF file. */
export async function printReceipt(data: ReceiptDocument): Promise<Uint8Array> {
  await loadFonts()
  return print('document.receipt.title', data, receiptPage(data))
}

/** Prints an entity's leaflet for families in this thread, as a PDF file of two pages. */
export async function printLeaflet(data: LeafletDocument): Promise<Uint8Array> {
  await loadFonts()
  return print('leaflet.title', data, ...leafletPages(data))
}

/** Metadata name the kind of document and nothing else: search engines and mail filters read them. */
function print(
  titleKey: string,
  { language, issuedOn }: { language: Language; issuedOn?: RomeDate },
  ...pages: readonly ReactElement[]
): Promise<Uint8Array> {
  const file = document(
    {
      title: translator(language)(titleKey),
      language,
      creator: 'Borsellino',
      producer: 'Borsellino',
      ...(issuedOn === undefined ? {} : { creationDate: startOfRomeDay(issuedOn) }),
    },
    ...pages,
  )
  return renderToBuffer(file as Parameters<typeof renderToBuffer>[0])
}
