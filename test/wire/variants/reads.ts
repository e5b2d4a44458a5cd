import { envelope, type Operation } from '../../../sandbox/node/operations.ts'
import { element, type XmlDraft } from '../../../sandbox/wire/xml.ts'
import { readMessage, stationOf, type Notice } from '../../support/soap.ts'
import type { Cast } from './cast.ts'
import { swap, type Question, type Variant } from './variant.ts'

type Read = Extract<Operation, 'paVerifyPaymentNotice' | 'paGetPayment' | 'paGetPaymentV2'>
const READS: readonly Read[] = ['paVerifyPaymentNotice', 'paGetPayment', 'paGetPaymentV2']

type To = ReturnType<typeof stationOf>
type Addressed = Notice & { to?: To }

const foreign = '60000000000'
const own = (cast: Cast, noticeNumber: string): Notice => ({ ...cast.unknown(), noticeNumber })

/** Whom and what a read may be about: each is asked by all three of them. */
const STATES: [name: string, verdict: string, notice: (cast: Cast) => Addressed | Promise<Addressed>][] = [
  ['an open notice', 'OK', (cast) => cast.notice()],
  ['a notice of an entity that takes late payments, open', 'OK', (cast) => cast.notice('lenient')],
  ['an expired one of that entity', 'OK', (cast) => cast.notice('lenient', 'expired')],
  ['a notice of an entity in rehearsal', 'OK', (cast) => cast.notice('rehearsal')],
  ['one of two tenants of a creditor', 'OK', (cast) => cast.notice('first')],
  ['the other of two tenants of a creditor', 'OK', (cast) => cast.notice('second')],
  ['an open notice whose check digits are wrong', 'OK', (cast) => cast.crooked()],
  ['a paid notice', 'PAA_PAGAMENTO_DUPLICATO', (cast) => cast.notice('own', 'paid')],
  ['a cancelled notice', 'PAA_PAGAMENTO_ANNULLATO', (cast) => cast.notice('own', 'cancelled')],
  ['an expired notice', 'PAA_PAGAMENTO_SCADUTO', (cast) => cast.notice('own', 'expired')],
  [
    'a notice whose time is over, not swept yet',
    'PAA_PAGAMENTO_SCADUTO',
    (cast) => cast.notice('own', 'overdue'),
  ],
  ['a notice of a suspended wallet', 'PAA_PAGAMENTO_ANNULLATO', (cast) => cast.noticeOfWallet('suspended')],
  ['a notice of a child that has left', 'PAA_PAGAMENTO_ANNULLATO', (cast) => cast.noticeOfWallet('closed')],
  ['an unknown notice', 'PAA_PAGAMENTO_SCONOSCIUTO', (cast) => cast.unknown()],
  ['a notice of another segregation code', 'PAA_PAGAMENTO_SCONOSCIUTO', (cast) => cast.unknown('98')],
  ['the probe’s notice', 'PAA_PAGAMENTO_SCONOSCIUTO', (cast) => own(cast, '311111111112222222')],
  ['a notice of aux digit 0', 'PAA_PAGAMENTO_SCONOSCIUTO', (cast) => own(cast, '001340000013900808')],
  ['a notice of aux digit 1', 'PAA_PAGAMENTO_SCONOSCIUTO', (cast) => own(cast, '101000000001234519')],
  ['a notice of aux digit 2', 'PAA_PAGAMENTO_SCONOSCIUTO', (cast) => own(cast, '201000000001234519')],
  ['an entity that is suspended', 'PAA_ID_DOMINIO_ERRATO', (cast) => cast.notice('suspended')],
  ['an entity that is closed', 'PAA_ID_DOMINIO_ERRATO', (cast) => cast.notice('closed')],
  [
    'an entity never served here',
    'PAA_ID_DOMINIO_ERRATO',
    (cast) => ({ ...cast.unknown(), fiscalCode: foreign }),
  ],
  [
    'a notice of another creditor',
    'PAA_ID_DOMINIO_ERRATO',
    async (cast) => ({ ...(await cast.notice()), fiscalCode: foreign, to: cast.station }),
  ],
  [
    'a wrong broker',
    'PAA_ID_INTERMEDIARIO_ERRATO',
    async (cast) => ({ ...(await cast.notice()), to: { ...cast.station, idBrokerPA: foreign } }),
  ],
  [
    'a wrong station',
    'PAA_STAZIONE_INT_ERRATA',
    async (cast) => ({ ...(await cast.notice()), to: { ...cast.station, idStation: 'x' } }),
  ],
  [
    'a wrong broker and an unknown notice',
    'PAA_ID_INTERMEDIARIO_ERRATO',
    (cast) => ({ ...cast.unknown(), to: { ...cast.station, idBrokerPA: foreign } }),
  ],
  [
    'a wrong station and a paid notice',
    'PAA_STAZIONE_INT_ERRATA',
    async (cast) => ({ ...(await cast.notice('own', 'paid')), to: { ...cast.station, idStation: 'x' } }),
  ],
]

function ask(
  operation: Read,
  cast: Cast,
  { to, ...notice }: Addressed,
  details: readonly XmlDraft[] = [],
): Question {
  const tenant = Object.values(cast.tenants).find((one) => one.creditorFiscalCode === notice.fiscalCode)
  const station = to ?? { ...(tenant ? stationOf(tenant) : cast.station), idPA: notice.fiscalCode }
  return { operation, message: readMessage(operation, station, notice, details) }
}

const states: Variant[] = READS.flatMap((operation) =>
  STATES.map(([name, verdict, notice]) => ({
    name: `${operation} about ${name}`,
    verdict,
    ask: async (cast: Cast) => ask(operation, cast, await notice(cast)),
  })),
)

/** The same get again and with everything that may stand in it: what it asks for besides changes nothing here. */
const DETAILS: [name: string, verdict: string, details: [name: string, text: string][]][] = [
  [
    'every detail',
    'OK',
    [
      ['amount', '50.00'],
      ['paymentNote', 'carrello'],
      ['transferType', 'POSTAL'],
      ['dueDate', '2026-12-31'],
    ],
  ],
  ['another amount', 'OK', [['amount', '0.00']]],
  ['the largest amount', 'OK', [['amount', '999999999.99']]],
  ['an amount too large', 'PAA_SINTASSI_XSD', [['amount', '1000000000.00']]],
  ['an amount with a comma', 'PAA_SINTASSI_XSD', [['amount', '50,00']]],
  ['an amount of one decimal', 'PAA_SINTASSI_XSD', [['amount', '50.0']]],
  ['an amount with a sign', 'PAA_SINTASSI_XSD', [['amount', '-50.00']]],
  ['a due date with an offset', 'OK', [['dueDate', '2026-12-31+01:00']]],
  ['a due date that is none', 'PAA_SINTASSI_XSD', [['dueDate', '2026-02-30']]],
  ['the type PAGOPA', 'OK', [['transferType', 'PAGOPA']]],
  ['a type of its own', 'PAA_SINTASSI_XSD', [['transferType', 'postal']]],
  ['a note of 210 characters', 'OK', [['paymentNote', 'à'.repeat(210)]]],
  ['a note of 211 characters', 'PAA_SINTASSI_XSD', [['paymentNote', 'à'.repeat(211)]]],
  ['an empty note', 'PAA_SINTASSI_XSD', [['paymentNote', '']]],
  [
    'details out of order',
    'PAA_SINTASSI_XSD',
    [
      ['transferType', 'POSTAL'],
      ['amount', '50.00'],
    ],
  ],
  ['a password, as older operations had', 'PAA_SINTASSI_XSD', [['password', 'pwdpwdpwd']]],
]

const details: Variant[] = (['paGetPayment', 'paGetPaymentV2'] as const).flatMap((operation) =>
  DETAILS.map(([name, verdict, more]) => ({
    name: `${operation} with ${name}`,
    verdict,
    ask: async (cast: Cast) =>
      ask(
        operation,
        cast,
        await cast.notice(),
        more.map(([tag, text]) => element(tag, text)),
      ),
  })),
)

const verify = async (cast: Cast) => ask('paVerifyPaymentNotice', cast, await cast.notice())

/** What may happen to any message on its way, shown on a verify. */
const EDITS: [name: string, verdict: string, change: (question: Question) => Question][] = [
  ['a bare SOAPAction', 'OK', (one) => ({ ...one, headers: { soapaction: one.operation } })],
  ['a quoted SOAPAction', 'OK', (one) => ({ ...one, headers: { soapaction: `"${one.operation}"` } })],
  ['an empty SOAPAction', 'OK', (one) => ({ ...one, headers: { soapaction: '""' } })],
  [
    'the SOAPAction of another operation',
    'PAA_SINTASSI_EXTRAXSD',
    (one) => ({ ...one, headers: { soapaction: 'paGetPaymentV2' } }),
  ],
  ['application/xml', 'OK', (one) => ({ ...one, headers: { 'content-type': 'application/xml' } })],
  ['SOAP 1.2’s type', 'HTTP 415', (one) => ({ ...one, headers: { 'content-type': 'application/soap+xml' } })],
  ['JSON’s type', 'HTTP 415', (one) => ({ ...one, headers: { 'content-type': 'application/json' } })],
  ['more than 256 KB', 'HTTP 413', (one) => ({ ...one, message: one.message + ' '.repeat(300_000) })],
  [
    'no root of ours',
    'HTTP 500',
    (one) => ({
      ...one,
      headers: { soapaction: '' },
      message: one.message.replaceAll('paVerifyPaymentNoticeReq', 'paForgetPaymentNoticeReq'),
    }),
  ],
  [
    'an unqualified root',
    'HTTP 500',
    (one) => ({
      ...one,
      headers: { soapaction: '' },
      message: one.message.replaceAll('paf:paVerify', 'paVerify'),
    }),
  ],
  [
    'qualified children',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: one.message.replaceAll(/(<\/?)(idPA>)/g, '$1paf:$2') }),
  ],
  [
    'no station',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, /<idStation>.*<\/idStation>/, '') }),
  ],
  [
    'an empty broker',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, /<idBrokerPA>[^<]*/, '<idBrokerPA>') }),
  ],
  [
    'an idPA of 36 characters',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, /<idPA>[^<]*/, `<idPA>${'7'.repeat(36)}`) }),
  ],
  [
    'an idPA that is no fiscal code',
    'PAA_ID_DOMINIO_ERRATO',
    (one) => ({ ...one, message: swap(one.message, /<idPA>[^<]*/, `<idPA>Comune`) }),
  ],
  [
    'a number of 17 digits',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, /<noticeNumber>\d/, '<noticeNumber>') }),
  ],
  [
    'a number with a space',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, '<noticeNumber>', '<noticeNumber> ') }),
  ],
  [
    'Arabic digits',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, /<noticeNumber>\d/, '<noticeNumber>٣') }),
  ],
  [
    'an attribute',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, '<qrCode>', '<qrCode id="1">') }),
  ],
  [
    'an element more',
    'PAA_SINTASSI_XSD',
    (one) => ({ ...one, message: swap(one.message, '</qrCode>', '</qrCode><x/>') }),
  ],
  [
    'comments and CDATA',
    'OK',
    (one) => ({
      ...one,
      message: swap(
        swap(one.message, '<qrCode>', '<!-- x --><qrCode>'),
        /<idStation>([^<]*)/,
        '<idStation><![CDATA[$1]]>',
      ),
    }),
  ],
  [
    'a DOCTYPE',
    'PAA_SINTASSI_EXTRAXSD',
    (one) => ({ ...one, message: swap(one.message, '?>', '?><!DOCTYPE x>') }),
  ],
  [
    'no envelope',
    'PAA_SINTASSI_EXTRAXSD',
    (one) => ({
      ...one,
      message: swap(
        one.message,
        /^.*?(<paf:)(\w+)>(.*)<\/soapenv:Body>.*$/s,
        '<paf:$2 xmlns:paf="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd">$3',
      ),
    }),
  ],
  [
    'SOAP 1.2’s envelope',
    'PAA_SINTASSI_EXTRAXSD',
    (one) => ({
      ...one,
      message: one.message.replace(
        'http://schemas.xmlsoap.org/soap/envelope/',
        'http://www.w3.org/2003/05/soap-envelope',
      ),
    }),
  ],
  ['nothing at all', 'PAA_SINTASSI_EXTRAXSD', (one) => ({ ...one, message: '' })],
]

const edits: Variant[] = EDITS.map(([name, verdict, change]) => ({
  name: `a verify with ${name}`,
  verdict,
  ask: async (cast) => change(await verify(cast)),
}))

/** Verify, get and get V2 in every state, with every detail and on every way. None may touch the books. */
export const readVariants: readonly Variant[] = [
  ...states,
  ...details,
  ...edits,
  {
    name: 'a get of V1’s element under V2’s SOAPAction',
    verdict: 'PAA_SINTASSI_EXTRAXSD',
    ask: async (cast) => ({
      ...ask('paGetPayment', cast, await cast.notice()),
      headers: { soapaction: 'paGetPaymentV2' },
    }),
  },
  {
    name: 'a verify without a notice',
    verdict: 'PAA_SINTASSI_XSD',
    ask: ({ station }) => ({
      operation: 'paVerifyPaymentNotice',
      message: envelope('paVerifyPaymentNotice', station, []),
    }),
  },
]
