import { expect, test } from 'vitest'
import { RICARICA_MENSA_NAMESPACE, readDemandPayload } from './demand-payload.ts'
import { RequestFault } from './soap/faults.ts'
import { canValidate, sample, xsdVerdicts } from './soap/test-reference.ts'

const code = '7K3M9Q2XW4T8ZB6HJ0VNRCDPGY'
const valid = `<rm:ricaricaMensa xmlns:rm="${RICARICA_MENSA_NAMESPACE}"><rm:codicePagamento>${code}</rm:codicePagamento><rm:importo>50.00</rm:importo></rm:ricaricaMensa>`
const read = (xml: string) => readDemandPayload(Buffer.from(xml))

test('the code and the amount typed at the counter are read', () => {
  expect(read(sample('10-ricaricaMensa.xml') ?? valid)).toEqual({ paymentCode: code, amountCents: 5000n })
})

test('a default namespace and an XML declaration change nothing', () => {
  const byDefault =
    `<?xml version="1.0" encoding="UTF-8"?>\n<ricaricaMensa xmlns="${RICARICA_MENSA_NAMESPACE}">` +
    `<codicePagamento>${code}</codicePagamento><importo>50.00</importo></ricaricaMensa>`
  expect(read(byDefault)).toEqual({ paymentCode: code, amountCents: 5000n })
})

const mutations: [what: string, xml: string][] = [
  ['lower case code', valid.replace(code, code.toLowerCase())],
  ['short code', valid.replace(code, code.slice(1))],
  ['code of 32', valid.replace(code, `${code}ABCDEF`)],
  ['code of 33', valid.replace(code, `${code}ABCDEFG`)],
  ['code with a space', valid.replace(code, `${code} `)],
  ['amount zero', valid.replace('50.00', '0.00')],
  ['amount of one cent', valid.replace('50.00', '0.01')],
  ['amount with a comma', valid.replace('50.00', '50,00')],
  ['amount too large', valid.replace('50.00', '1000000000.00')],
  ['amount padded with white space', valid.replace('50.00', ' 50.00\n')],
  ['no amount', valid.replace(/<rm:importo>.*<\/rm:importo>/, '')],
  ['an element more', valid.replace('</rm:ricaricaMensa>', '<rm:x/></rm:ricaricaMensa>')],
  ['unqualified children', valid.replaceAll('rm:importo', 'importo')],
  ['text between', valid.replace('<rm:importo>', 'x<rm:importo>')],
  ['white space between', valid.replace('<rm:importo>', '\n <rm:importo>')],
  ['another root', valid.replaceAll('rm:ricaricaMensa', 'rm:ricarica')],
  ['another namespace', valid.replace(RICARICA_MENSA_NAMESPACE, 'urn:other')],
  ['not well-formed', valid.slice(0, -5)],
  ['empty', ''],
]

function verdictOf(xml: string): string {
  try {
    read(xml)
    return 'valid'
  } catch (error) {
    if (!(error instanceof RequestFault)) throw error
    const isDemandFault = error.operation === 'paDemandPaymentNotice' && error.code === 'PAA_SINTASSI_XSD'
    const isQuoting = error.description.includes(code.slice(1))
    return isDemandFault && !isQuoting ? 'invalid' : `a fault that says ${error.description}`
  }
}

test('our verdict on wrong payloads is the schema’s, and the fault never quotes the code', () => {
  const ours = mutations.map(([what, xml]) => `${what}: ${verdictOf(xml)}`)
  expect(ours.filter((line) => !line.endsWith(': invalid'))).toEqual([
    'code of 32: valid',
    'amount of one cent: valid',
    'amount padded with white space: valid',
    'white space between: valid',
  ])
  if (!canValidate('demand payloads')) return
  const verdicts = xsdVerdicts(
    mutations.map(([, xml]) => xml),
    'ricarica_mensa_1_0_0.xsd',
  )
  expect(ours).toEqual(mutations.map(([what], index) => `${what}: ${verdicts[index]}`))
})
