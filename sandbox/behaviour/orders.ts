import { bulkSchema, draftOfBulk, draftOfOrder, flowOrderSchema } from '../fdr/flow-orders.ts'
import type { Flow } from '../fdr/flow.ts'
import { linesFrom } from '../fdr/flow.ts'
import type { FlowDraft, Flows } from '../fdr/flows.ts'
import { directReceiptSchema } from '../node/direct-receipt.ts'
import type { DirectReceipt } from '../node/direct-receipt.ts'
import { nextMisbehaviourSchema } from '../node/misbehaviour.ts'
import type { NextMisbehaviour } from '../node/misbehaviour.ts'
import { failureOrderSchema } from '../web/outage.ts'
import type { Failure } from '../web/outage.ts'
import { parseEuro } from '../wire/money.ts'
import { PAY_STATUSES } from '../fdr/flow.ts'
import type { PayStatus } from '../fdr/flow.ts'

/** The fields of a posted form; absent ones are ''. */
export type Fields<Name extends string> = Readonly<Record<Name, string>>

export const RECEIPT_FIELDS = [
  'scope',
  'noticeNumber',
  'duplicates',
  'delaySeconds',
  'repeatAfterSeconds',
  'amount',
  'timing',
  'parallel',
  'loseAnswer',
  'garbleAnswer',
  'drop',
  'outcomeKo',
  'version',
  'standIn',
  'unknownNotice',
  'secondReceipt',
  'broadcast',
  'secondaryBeneficiary',
] as const

const FLAGS = RECEIPT_FIELDS.slice(7).filter((name) => name !== 'version')

/** Reads an order for receipts; undefined when a value is none. */
export function readMisbehaviour(form: Fields<string>): NextMisbehaviour | undefined {
  const wanted = {
    duplicates: numberOf(form.duplicates),
    delaySeconds: numberOf(form.delaySeconds),
    repeatAfterSeconds: numberOf(form.repeatAfterSeconds),
    amountCents: centsOf(form.amount),
    timing: form.timing || undefined,
    version: form.version === 'on' ? 'V1' : undefined,
    noticeNumber: form.noticeNumber?.replace(/\s/g, '') || undefined,
    ...Object.fromEntries(FLAGS.map((name) => [name, form[name] === 'on' || undefined])),
  }
  return nextMisbehaviourSchema.safeParse(given(wanted)).data
}

/** Reads a receipt by hand; undefined when a value is none. */
export function readDirect(form: Fields<string>): DirectReceipt | undefined {
  const wanted = {
    idPA: form.idPA,
    fiscalCode: form.fiscalCode?.replace(/\s/g, '') || form.idPA,
    noticeNumber: form.noticeNumber?.replace(/\s/g, ''),
    amountCents: centsOf(form.amount),
    receiptId: form.receiptId || undefined,
    outcome: form.outcomeKo === 'on' ? 'KO' : undefined,
    version: form.v1 === 'on' ? 'V1' : undefined,
    standIn: form.standIn === 'on' || undefined,
  }
  return directReceiptSchema.safeParse(given(wanted)).data
}

/** Reads a day as people write it, `dd/mm/yyyy`; undefined when it is none. */
export function readDay(text: string): string | undefined {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)
  if (!match) return undefined
  const day = `${match[3]}-${match[2]!.padStart(2, '0')}-${match[1]!.padStart(2, '0')}`
  const instant = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) ? day : undefined
}

/** Reads the order for a changed copy; undefined when there is no such flow or line. */
export function readCopy(form: Fields<string>, flows: Flows, now: Date): FlowDraft | undefined {
  const source = flows.all().find((flow) => flow.id === form.source)
  const index = numberOf(form.index) ?? 1
  const [line] = source ? linesFrom(source.lines, index - 1, 1) : []
  const { difference = '' } = form
  if (!source || (!line && !['none', 'extra', 'header'].includes(difference))) return undefined
  const { fdr, revision, pspId, organizationId } = source
  const naming =
    form.naming === 'renamed'
      ? { fdr: `copia-${now.getTime()}`, flowDate: now.toISOString() }
      : form.naming === 'reused'
        ? { flowDate: now.toISOString() }
        : {}
  const wanted = {
    fiscalCode: organizationId,
    copyOf: {
      fdr,
      revision,
      pspId,
    },
    ...naming,
    ...differenceOf(difference, index, line?.amountCents ?? 0, source),
  }
  const order = flowOrderSchema.safeParse(wanted).data
  return order && draftOfOrder(order, flows, now)
}

function differenceOf(difference: string, index: number, amountCents: number, source: Flow): object {
  if (difference === 'missing') return { changes: [{ index, omit: true }] }
  if (difference === 'amount') return { changes: [{ index, amountCents: amountCents + 100 }] }
  if (difference === 'iur') return { changes: [{ index, iur: `altro-${source.id.slice(0, 18)}` }] }
  if (PAY_STATUSES.includes(difference as PayStatus)) return { changes: [{ index, payStatus: difference }] }
  if (difference === 'extra')
    return {
      extraLines: [
        { iuv: '01999999999999900', iur: `mai-visto-${source.id.slice(0, 8)}`, amountCents: 1_234 },
      ],
    }
  if (difference === 'header') return { totPayments: source.totPayments + 1, sumCents: source.sumCents + 500 }
  return {}
}

/** Reads the order for a flow of many lines; undefined when a value is none. */
export function readBulk(form: Fields<string>, now: Date): FlowDraft | undefined {
  const { fiscalCode, segregationCode } = form
  const wanted = {
    fiscalCode,
    segregationCode,
    count: numberOf(form.count),
    firstBase: numberOf(form.firstBase),
  }
  const order = bulkSchema.safeParse(given(wanted)).data
  return order && draftOfBulk(order, now)
}

/** Reads an order to fail; null is "works again", undefined a value that is none. */
export function readFailure(form: Fields<string>): Failure | null | undefined {
  const failure = given({
    status: numberOf(form.status),
    timeoutMs: numberOf(form.timeoutMs),
    garbage: form.garbage === 'on' || undefined,
    times: numberOf(form.times),
  })
  return failureOrderSchema.safeParse(failure).data
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text.replace(',', '.'))
}

function centsOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : (parseEuro(text) ?? Number.NaN)
}

function given(wanted: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
}
