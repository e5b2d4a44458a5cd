import type { XmlElement } from '../wire/xml.ts'
import type { Operation } from './operations.ts'

/** The answer breaks the interface; the message says where and how. */
export class Violation extends Error {}

type Rule = (read: XmlElement, path: string) => void
interface Field {
  readonly name: string
  readonly rule: Rule
  readonly least: number
  readonly most: number
}

/** A text that must match; `what` names the rule for people. */
const matching =
  (pattern: RegExp, what: string): Rule =>
  (read, path) => {
    if (read.children.length > 0) throw new Violation(`${path}: text expected, found elements`)
    if (!pattern.test(read.text)) throw new Violation(`${path}: "${read.text.slice(0, 60)}" is not ${what}`)
  }
const text = (most: number) =>
  matching(new RegExp(`^[\\s\\S]{1,${most}}$`, 'u'), `a text of 1 to ${most} characters`)
const string = matching(/^/, 'a text')
const fiscalCode = matching(/^\d{11}$/, '11 digits')
const noticeNumber = matching(/^\d{18}$/, '18 digits')
const amount = matching(/^\s*(?!0+\.00)\d{1,9}\.\d{2}\s*$/, 'an amount over zero with two decimals')
/** The form of a date is not enough: the thirtieth of February has it too. */
const onCalendar =
  (form: Rule): Rule =>
  (read, path) => {
    form(read, path)
    const day = read.text.trim().slice(0, 10)
    const parsed = new Date(`${day}T00:00:00Z`)
    if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day)
      throw new Violation(`${path}: ${day} is on no calendar`)
  }
const date = onCalendar(matching(/^\s*\d{4}-\d{2}-\d{2}(Z|[+-]\d{2}:\d{2})?\s*$/, 'a date'))
const dateTime = matching(
  /^\s*\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?\s*$/,
  'a date and time',
)
const boolean = matching(/^\s*(true|false|1|0)\s*$/, 'true or false')
const oneOf = (...words: string[]) => matching(new RegExp(`^(${words.join('|')})$`), words.join(' or '))

const one = (name: string, rule: Rule): Field => ({ name, rule, least: 1, most: 1 })
const maybe = (name: string, rule: Rule): Field => ({ name, rule, least: 0, most: 1 })
const many = (name: string, rule: Rule, most: number): Field => ({ name, rule, least: 1, most })

/** Elements in this order and no others, without a namespace: the schema leaves children unqualified. */
const sequence =
  (...fields: Field[]): Rule =>
  (read, path) => {
    if (read.text.trim() !== '') throw new Violation(`${path}: elements expected, found text`)
    let next = 0
    for (const { name, rule, least, most } of fields) {
      let found = 0
      while (found < most && read.children[next]?.name === name) {
        const child = read.children[next++]!
        if (child.uri !== '')
          throw new Violation(`${path}/${name}: must be in no namespace, not in ${child.uri}`)
        rule(child, `${path}/${name}`)
        found++
      }
      if (found < least) throw new Violation(`${path}: ${name} is missing or out of order`)
    }
    const extra = read.children[next]
    if (extra) throw new Violation(`${path}: ${extra.name} is not expected here`)
  }

const fault = sequence(
  one('faultCode', string),
  one('faultString', string),
  one('id', string),
  maybe('description', string),
  maybe('serial', matching(/^\s*-?\d{1,10}\s*$/, 'a whole number')),
  maybe('originalFaultCode', string),
  maybe('originalFaultString', string),
  maybe('originalDescription', string),
)
const response = (...payload: Field[]) =>
  sequence(one('outcome', oneOf('OK', 'KO')), maybe('fault', fault), ...payload)

const metadata = sequence(many('mapEntry', sequence(one('key', text(140)), one('value', text(140))), 15))
const subject = sequence(
  one(
    'uniqueIdentifier',
    sequence(
      one('entityUniqueIdentifierType', oneOf('F', 'G')),
      one('entityUniqueIdentifierValue', matching(/^.{2,16}$/, '2 to 16 characters')),
    ),
  ),
  one('fullName', text(70)),
  maybe('streetName', text(70)),
  maybe('civicNumber', text(16)),
  maybe('postalCode', text(16)),
  maybe('city', text(35)),
  maybe('stateProvinceRegion', text(35)),
  maybe('country', matching(/^[A-Z]{2}$/, 'two capital letters')),
  maybe(
    'e-mail',
    matching(/^(?=.{1,256}$)[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/, 'an e-mail address'),
  ),
)
const paymentList = sequence(
  one(
    'paymentOptionDescription',
    sequence(
      one('amount', amount),
      one('options', oneOf('EQ', 'LS', 'GT', 'ANY')),
      maybe('dueDate', date),
      maybe('detailDescription', text(140)),
      one('allCCP', boolean),
    ),
  ),
)
const verified: Field[] = [
  maybe('paymentList', paymentList),
  maybe('paymentDescription', text(140)),
  maybe('fiscalCodePA', fiscalCode),
  maybe('companyName', text(140)),
  maybe('officeName', text(140)),
]
const stamp = sequence(
  one('hashDocumento', text(72)),
  one('tipoBollo', oneOf('01')),
  one('provinciaResidenza', text(2)),
)
const transfer = (...destination: Field[]) =>
  sequence(
    one('idTransfer', oneOf('1', '2', '3', '4', '5')),
    one('transferAmount', amount),
    one('fiscalCodePA', fiscalCode),
    ...destination,
    one('remittanceInformation', text(140)),
    one('transferCategory', text(140)),
    maybe('metadata', metadata),
  )
const payment = (companyName: Field, transferRule: Rule) =>
  sequence(
    one('creditorReferenceId', text(35)),
    one('paymentAmount', amount),
    one('dueDate', date),
    maybe('retentionDate', dateTime),
    maybe('lastPayment', boolean),
    one('description', text(140)),
    companyName,
    maybe('officeName', text(140)),
    one('debtor', subject),
    one('transferList', sequence(many('transfer', transferRule, 5))),
    maybe('metadata', metadata),
  )
const transferV2: Rule = (read, path) => {
  transfer(...destinationV2)(read, path)
  const ways = read.children.filter(({ name }) => name === 'IBAN' || name === 'richiestaMarcaDaBollo')
  if (ways.length !== 1)
    throw new Violation(`${path}: one of IBAN and richiestaMarcaDaBollo expected, found ${ways.length}`)
}
const destinationV2 = [
  maybe('companyName', text(140)),
  maybe('IBAN', text(35)),
  maybe('richiestaMarcaDaBollo', stamp),
]

/** What each answer must look like. */
export const ANSWERS: Record<Operation, Rule> = {
  paVerifyPaymentNotice: response(...verified),
  paGetPayment: response(
    maybe('data', payment(maybe('companyName', text(140)), transfer(one('IBAN', text(35))))),
  ),
  paGetPaymentV2: response(maybe('data', payment(one('companyName', text(140)), transferV2))),
  paSendRT: response(),
  paSendRTV2: response(),
  paDemandPaymentNotice: response(
    maybe('qrCode', sequence(one('fiscalCode', fiscalCode), one('noticeNumber', noticeNumber))),
    ...verified,
  ),
}
