import { randomUUID } from 'node:crypto'
import { element } from '../../../sandbox/wire/xml.ts'
import { demandMessage, receiptMessage, serviceOf, stationOf, topUpPayload } from '../../support/soap.ts'
import { ASKED, type Cast } from './cast.ts'
import { swap, type Question, type Variant } from './variant.ts'

/** What comes after something else: the same receipt again, the other version's, a failure before a success. */
interface Step {
  outcome?: 'OK' | 'KO'
  version?: 'V1' | 'V2'
  sameId?: boolean
}

async function inTurn(cast: Cast, first: Step | 'get V1' | 'get V2', last: Step): Promise<Question> {
  const { node } = cast.stage
  const notice = await cast.notice()
  const receiptId = randomUUID()
  if (typeof first === 'string') {
    await node.get(
      cast.station,
      notice,
      [element('paymentNote', 'carrello')],
      first === 'get V1' ? 'V1' : 'V2',
    )
  } else {
    await node.send(cast.station, { ...notice, amountCents: ASKED, receiptId, ...withoutId(first) })
  }
  const id = last.sameId ? receiptId : randomUUID()
  const receipt = { ...notice, amountCents: ASKED, receiptId: id, ...withoutId(last) }
  return {
    operation: last.version === 'V1' ? 'paSendRT' : 'paSendRTV2',
    message: receiptMessage(cast.station, receipt),
  }
}

function withoutId({ outcome = 'OK', version = 'V2' }: Step) {
  return { outcome, version }
}

const SEQUENCES: [
  name: string,
  first: Step | 'get V1' | 'get V2',
  last: Step,
  answer: Omit<Variant, 'name' | 'ask'>,
][] = [
  [
    'a V1 receipt after a V2 get',
    'get V2',
    { version: 'V1' },
    { verdict: 'OK', stored: { disposition: 'credited', version: 'V1' }, wallet: ASKED },
  ],
  [
    'a V2 receipt after a V1 get',
    'get V1',
    {},
    { verdict: 'OK', stored: { disposition: 'credited', version: 'V2' }, wallet: ASKED },
  ],
  ['the same receipt again', {}, { sameId: true }, { verdict: 'PAA_RECEIPT_DUPLICATA' }],
  [
    'the same receipt again, V1',
    { version: 'V1' },
    { version: 'V1', sameId: true },
    { verdict: 'PAA_RECEIPT_DUPLICATA' },
  ],
  [
    'the same receipt as V1 after V2',
    {},
    { version: 'V1', sameId: true },
    { verdict: 'PAA_RECEIPT_DUPLICATA' },
  ],
  [
    'another receipt of a paid notice',
    {},
    {},
    { verdict: 'OK', stored: { disposition: 'suspense-paid-twice' }, suspense: ASKED },
  ],
  [
    'another receipt of a paid notice, V1',
    {},
    { version: 'V1' },
    { verdict: 'OK', stored: { disposition: 'suspense-paid-twice' }, suspense: ASKED },
  ],
  [
    'a success after a failure',
    { outcome: 'KO' },
    {},
    { verdict: 'OK', stored: { disposition: 'credited' }, wallet: ASKED },
  ],
  [
    'a success after a failure under the same token',
    { outcome: 'KO' },
    { sameId: true },
    { verdict: 'OK', stored: { disposition: 'credited' }, wallet: ASKED },
  ],
  [
    'a failure after a success',
    {},
    { outcome: 'KO' },
    { verdict: 'OK', stored: { disposition: 'outcome-ko' } },
  ],
  [
    'a failure after a success under the same token',
    {},
    { outcome: 'KO', sameId: true },
    { verdict: 'OK', stored: { disposition: 'outcome-ko' } },
  ],
  [
    'the same failure again',
    { outcome: 'KO' },
    { outcome: 'KO', sameId: true },
    { verdict: 'PAA_RECEIPT_DUPLICATA' },
  ],
]

const CODE = /<rm:codicePagamento>[^<]*/
const AMOUNT = /<rm:importo>[^<]*/

/** A demand of the ordinary tenant, changed in its payload or around it. */
function demand(
  change: {
    code?: Parameters<Cast['code']>[0] | { text: string }
    amountCents?: number
    payload?: (xml: string) => string
    message?: (xml: string) => string
    of?: keyof Cast['tenants']
  } = {},
): Variant['ask'] {
  return (cast) => {
    const { code = change.of ?? 'own', amountCents = 2_500, payload, message, of = 'own' } = change
    const text = typeof code === 'object' ? code.text : cast.code(code)
    const inner = topUpPayload(text, amountCents)
    const tenant = cast.tenants[of]
    const whole = demandMessage(stationOf(tenant), serviceOf(tenant), payload?.(inner) ?? inner)
    return { operation: 'paDemandPaymentNotice', message: message?.(whole) ?? whole }
  }
}

const foreign = '60000000000'
const XSD = 'PAA_SINTASSI_XSD'
const DEMANDS: [name: string, verdict: string, ask: Variant['ask']][] = [
  ['a demand', 'OK', demand()],
  ['a demand of an entity in rehearsal', 'OK', demand({ of: 'rehearsal' })],
  ['the smallest amount', 'OK', demand({ amountCents: 1_000 })],
  ['the largest amount', 'OK', demand({ amountCents: 20_000 })],
  ['less than the smallest', 'PAA_SEMANTICA', demand({ amountCents: 999 })],
  ['more than the largest', 'PAA_SEMANTICA', demand({ amountCents: 20_001 })],
  ['one cent', 'PAA_SEMANTICA', demand({ amountCents: 1 })],
  ['nothing', XSD, demand({ amountCents: 0 })],
  ['an amount without decimals', XSD, demand({ payload: (xml) => swap(xml, AMOUNT, '<rm:importo>25') })],
  [
    'an amount padded with zeros',
    'OK',
    demand({ payload: (xml) => swap(xml, AMOUNT, '<rm:importo>0025.00') }),
  ],
  ['a revoked code', 'PAA_PAGAMENTO_ANNULLATO', demand({ code: 'revoked' })],
  ['a suspended wallet’s code', 'PAA_PAGAMENTO_ANNULLATO', demand({ code: 'suspended wallet' })],
  ['the code of a child that has left', 'PAA_PAGAMENTO_ANNULLATO', demand({ code: 'closed wallet' })],
  ['another entity’s code', 'PAA_PAGAMENTO_SCONOSCIUTO', demand({ code: 'lenient' })],
  [
    'a code that nobody has',
    'PAA_PAGAMENTO_SCONOSCIUTO',
    demand({ code: { text: '7K3M9Q2XW4T8ZB6HJ0VNRCDPGY' } }),
  ],
  [
    'a code with letters that codes have not',
    'PAA_PAGAMENTO_SCONOSCIUTO',
    demand({ code: { text: 'UUUUUUUUUUUUUUUUUUUUUUUUUUU' } }),
  ],
  ['a code cut short', XSD, demand({ payload: (xml) => swap(xml, CODE, '<rm:codicePagamento>7K3M9Q') })],
  [
    'a code in small letters',
    XSD,
    demand({
      payload: (xml) => xml.replace(CODE, (code) => `<rm:codicePagamento>${code.slice(20).toLowerCase()}`),
    }),
  ],
  ['a payload that is no XML', XSD, demand({ payload: () => 'ricarica' })],
  ['an empty payload', XSD, demand({ payload: () => '' })],
  [
    'the payload of another service',
    XSD,
    demand({ payload: (xml) => swap(xml, 'ricaricaMensa', 'GeneralService') }),
  ],
  [
    'a payload with an element more',
    XSD,
    demand({ payload: (xml) => swap(xml, '</rm:importo>', '</rm:importo><rm:nota>x</rm:nota>') }),
  ],
  [
    'a payload with an external entity',
    XSD,
    demand({ payload: (xml) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>${xml}` }),
  ],
  [
    'a payload that is no base64',
    XSD,
    demand({ message: (xml) => swap(xml, /(<datiSpecificiServizioRequest>)[^<]*(<\/)/, '$1***$2') }),
  ],
  [
    'another service',
    'PAA_SEMANTICA',
    demand({ message: (xml) => swap(xml, /<idServizio>[^<]*/, '<idServizio>00001') }),
  ],
  [
    'another subject',
    'PAA_SEMANTICA',
    demand({ message: (xml) => swap(xml, /<idSoggettoServizio>[^<]*/, '<idSoggettoServizio>X9999') }),
  ],
  [
    'no subject, with one tenant to mean',
    'OK',
    demand({ message: (xml) => swap(xml, /<idSoggettoServizio>.*<\/idSoggettoServizio>/, '') }),
  ],
  [
    'no subject, with two tenants to mean',
    XSD,
    demand({ of: 'first', message: (xml) => swap(xml, /<idSoggettoServizio>.*<\/idSoggettoServizio>/, '') }),
  ],
  [
    'no subject and another service',
    'PAA_SEMANTICA',
    demand({
      message: (xml) =>
        swap(
          swap(xml, /<idSoggettoServizio>.*<\/idSoggettoServizio>/, ''),
          /<idServizio>[^<]*/,
          '<idServizio>00001',
        ),
    }),
  ],
  [
    'a subject of four characters',
    XSD,
    demand({ message: (xml) => swap(xml, /<idSoggettoServizio>[^<]*/, '<idSoggettoServizio>0035') }),
  ],
  ['no service', XSD, demand({ message: (xml) => swap(xml, /<idServizio>.*<\/idServizio>/, '') })],
  ['an entity without the channel', 'PAA_SEMANTICA', demand({ of: 'tillOnly' })],
  ['a suspended entity', 'PAA_ID_DOMINIO_ERRATO', demand({ of: 'suspended' })],
  ['a closed entity', 'PAA_ID_DOMINIO_ERRATO', demand({ of: 'closed' })],
  [
    'an entity never served here',
    'PAA_ID_DOMINIO_ERRATO',
    demand({ message: (xml) => swap(xml, /<idPA>[^<]*/, `<idPA>${foreign}`) }),
  ],
  [
    'a wrong broker',
    'PAA_ID_INTERMEDIARIO_ERRATO',
    demand({ message: (xml) => swap(xml, /<idBrokerPA>[^<]*/, `<idBrokerPA>${foreign}`) }),
  ],
  [
    'a wrong station',
    'PAA_STAZIONE_INT_ERRATA',
    demand({ message: (xml) => swap(xml, /<idStation>[^<]*/, '<idStation>x') }),
  ],
  [
    'a wrong station and a payload that is none',
    'PAA_STAZIONE_INT_ERRATA',
    demand({ payload: () => 'x', message: (xml) => swap(xml, /<idStation>[^<]*/, '<idStation>x') }),
  ],
]

/** What follows upon something. */
export const sequenceVariants: readonly Variant[] = SEQUENCES.map(([name, first, last, answer]) => ({
  name,
  ...answer,
  ask: (cast) => inTurn(cast, first, last),
}))

/** Demands of a counter. They open notices and move no cent. */
export const demandVariants: readonly Variant[] = DEMANDS.map(([name, verdict, ask]) => ({
  name: `a demand: ${name}`,
  verdict,
  ask,
}))
