import { z } from 'zod'
import { RequestError } from '../web/request.ts'
import { PAY_STATUSES } from './flow.ts'
import { lineCount, linesFrom } from './flow.ts'
import type { Flow, FlowLine } from './flow.ts'
import type { FlowDraft, Flows } from './flows.ts'

const identifier = z.string().min(1).max(35)
const cents = z.int().min(0).max(99_999_999_999)
const fiscalCode = z.string().regex(/^\d{11}$/, 'must be 11 digits')
const instant = z.iso.datetime({ offset: true })

const lineFields = {
  iuv: identifier,
  iur: identifier,
  idTransfer: z.int().min(1).max(5),
  amountCents: cents,
  payStatus: z.enum(PAY_STATUSES),
  payDate: instant,
}
const lineSchema = z.strictObject({
  ...lineFields,
  idTransfer: lineFields.idTransfer.default(1),
  payStatus: lineFields.payStatus.default('EXECUTED'),
  payDate: instant.optional(),
})
/** What changes in the line of that index (from 1); `omit` takes it out. */
const changeSchema = z
  .strictObject(lineFields)
  .partial()
  .extend({ index: z.int().min(1), omit: z.boolean().optional() })

const headFields = {
  fiscalCode,
  pspId: identifier.default('SIMBANCA1'),
  /** Any text: real ones hold blanks and slashes too. By default a new name, or the copied flow's. */
  fdr: identifier.optional(),
  revision: z.int().min(1).max(10_000).optional(),
  flowDate: instant.optional(),
  published: instant.optional(),
  regulation: identifier.optional(),
  regulationDate: z.iso.date().optional(),
  /** Header totals that differ from the lines. */
  totPayments: z.int().min(0).optional(),
  sumCents: z.int().min(0).optional(),
  bank: z
    .strictObject({ amountCents: cents, date: z.iso.date(), text: z.string().min(1).max(500) })
    .partial()
    .nullable()
    .optional(),
}

/** A flow by hand: its lines, or a copy of a published one with changes. */
export const flowOrderSchema = z
  .strictObject({
    ...headFields,
    pspId: identifier.optional(),
    copyOf: z
      .strictObject({ fdr: identifier, revision: z.int().min(1).optional(), pspId: identifier.optional() })
      .optional(),
    lines: z.array(lineSchema).max(100_000).optional(),
    changes: z.array(changeSchema).max(10_000).optional(),
    extraLines: z.array(lineSchema).max(10_000).optional(),
  })
  .refine((order) => (order.copyOf === undefined) !== (order.lines === undefined), {
    error: 'either lines or copyOf',
  })

/** A flow of many lines that follow a rule (see SyntheticLines), some of which may be changed. */
export const bulkSchema = z.strictObject({
  ...headFields,
  count: z.int().min(1).max(1_000_000),
  segregationCode: z
    .string()
    .regex(/^\d{2}$/)
    .default('01'),
  firstBase: z.int().min(0).max(9_000_000_000_000).default(1),
  iurPrefix: z.string().min(1).max(25).default('massa'),
  amountCents: cents.default(2_500),
  amountCycle: z.int().min(1).max(1_000_000).default(1),
  payDate: instant.optional(),
  changes: z
    .array(changeSchema.omit({ omit: true }))
    .max(10_000)
    .default([]),
})

/** The flow that an order asks for. @throws RequestError 404 when the flow to copy is unknown */
export function draftOfOrder(order: z.output<typeof flowOrderSchema>, flows: Flows, now: Date): FlowDraft {
  const { fiscalCode: organizationId, copyOf, lines: given, changes = [], extraLines = [], ...head } = order
  const complete = (line: z.output<typeof lineSchema>): FlowLine => ({
    ...line,
    payDate: line.payDate ?? now.toISOString(),
  })
  const source = copyOf && flows.find(defined({ organizationId, ...copyOf }))
  if (copyOf && !source)
    throw new RequestError(404, 'Not found', `No flow ${copyOf.fdr} of ${organizationId} is published`)
  const lines = changed(source?.lines ?? (given ?? []).map(complete), changes)
  return {
    ...head,
    organizationId,
    pspId: head.pspId ?? source?.pspId ?? 'SIMBANCA1',
    fdr: head.fdr ?? source?.fdr,
    flowDate: head.flowDate ?? source?.flowDate,
    regulation: head.regulation ?? source?.regulation,
    regulationDate: head.regulationDate ?? (head.flowDate === undefined ? source?.regulationDate : undefined),
    lines: [...lines, ...extraLines.map(complete)],
    bank: head.bank && defined(head.bank),
  }
}

/** The flow of many lines that an order asks for. */
export function draftOfBulk(order: z.output<typeof bulkSchema>, now: Date): FlowDraft {
  const { fiscalCode: organizationId, count, segregationCode, firstBase, iurPrefix, ...more } = order
  const { amountCents, amountCycle, payDate = now.toISOString(), changes, ...head } = more
  const byIndex = Object.fromEntries(changes.map(({ index, ...change }) => [index, defined(change)]))
  return {
    ...head,
    organizationId,
    lines: {
      count,
      segregationCode,
      firstBase,
      iurPrefix,
      amountCents,
      amountCycle,
      payDate,
      changes: byIndex,
    },
    bank: head.bank && defined(head.bank),
  }
}

function changed(lines: Flow['lines'], changes: readonly z.output<typeof changeSchema>[]): FlowLine[] {
  const byIndex = new Map(changes.map((change) => [change.index, change]))
  return linesFrom(lines, 0, lineCount(lines)).flatMap((line, at) => {
    const change = byIndex.get(at + 1)
    if (!change) return [line]
    const { index: _, omit, ...fields } = change
    return omit ? [] : [{ ...line, ...defined(fields) }]
  })
}

/** The same object without the keys that hold undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
