import { cents, signedCents } from '../money.ts'
import type { NoticeDocument, NoticePostalSlip } from './notice-data.ts'
import type { ReceiptDocument } from './receipt-data.ts'

/*
 * Documents of nobody: the renderer warms up with them, tests and the bench print them. Names are invented, and
 * the fiscal codes evidently so.
 */

export const specimenNotice: NoticeDocument = {
  subject: 'Ricarica mensa scolastica',
  amountCents: cents(5000),
  dueDate: '2026-12-23',
  payableUntil: '2026-12-23',
  creditor: {
    fiscalCode: '77777777777',
    name: 'Comune di Esempio',
    office: 'Ufficio Scuola',
    info: 'Via Prova 4 · 00000 Esempio (ES) · scuola@comune.example.it',
    cbill: 'AAAAA',
  },
  debtor: {
    fiscalCode: 'XXXYYY00A00X000X',
    fullName: 'Elena Esempi',
    address: 'Via Prova 1\n00000 Esempio (ES)',
  },
  noticeNumber: '301002611000421892',
  qrText: 'PAGOPA|002|301002611000421892|77777777777|5000',
  issuedOn: '2026-11-23',
}

/** The postal slip of that notice, for an entity with an account at Poste. */
export const specimenSlip: NoticePostalSlip = {
  account: '000000123456',
  holder: 'Comune di Esempio - Servizio tesoreria',
  authorization: 'AUT. DB/TEST/PRV 00000 DEL 01/01/2026',
  dataMatrixText: [
    'codfase=NBPA;183010026110004218921200000012345610000000500038961P177777777777XXXYYY00A00X000X',
    'Elena Esempi'.padEnd(40),
    'Ricarica mensa scolastica'.padEnd(110),
    'A'.padStart(13),
  ].join(''),
}

export const specimenReceipt: ReceiptDocument = {
  language: 'it',
  entity: {
    name: 'Comune di Esempio',
    fiscalCode: '77777777777',
    address: 'Via Prova 4\n00000 Esempio (ES)',
    primaryColor: '#006657',
  },
  payment: {
    amountCents: cents(5000),
    paidAt: new Date('2026-11-23T14:04:10Z'),
    applicationDate: '2026-11-24',
    noticeNumber: '301002611000421892',
    creditorReference: '01002611000421892',
    receiptId: 'c110729d258c4ab1b765fe902aae41d6',
    pspName: 'Banca di Esempio S.p.A.',
    pspFiscalCode: '88888888888',
    channel: 'Paga online',
    method: 'Carta di pagamento',
    feeCents: cents(150),
    description: 'Ricarica mensa scolastica',
    payerName: 'Elena Esempi',
  },
  service: { category: 'Refezione scolastica', childFirstName: 'Sofia' },
  creditedCents: cents(5000),
  balanceAfterCents: signedCents(6240),
  issuedOn: '2026-11-24',
  copyAvailableOn: '2026-11-27',
  verification: {
    code: 'K7QF-29XM-T4PA-ZB6H',
    page: 'https://mensa.comune.example.it/cassano/verifica',
    url: 'https://mensa.comune.example.it/cassano/verifica/K7QF29XMT4PAZB6H',
  },
}
