import { z } from '@hono/zod-openapi'
import { romeDate } from '#core/clock.ts'
import type { Tenant } from '#core/tenant.ts'
import { lastDay } from '#core/top-ups/notice-document.ts'
import { standingOf } from '#core/top-ups/standing.ts'
import { TIMELINE_SOURCES, TIMELINE_STEPS, type TimelineStep } from '#core/top-ups/timeline.ts'
import type { TopUp } from '#core/top-ups/top-up.ts'
import {
  amountCents,
  channelId,
  creditorFiscalCode,
  currency,
  day,
  id,
  instant,
  nextCursor,
  noticeNumber,
  signedCents,
  textOrNone,
  zeroOrMoreCents,
} from './fields.ts'

export const TOP_UP_STATES = ['open', 'paid', 'expired', 'cancelled'] as const

const receiptSchema = z
  .strictObject({
    id,
    receiptId: z.string().max(255).openapi({ description: 'The receipt’s name at the Node.' }),
    creditorReference: z.string().max(35).openapi({ description: 'IUV.' }),
    paidAt: instant.nullable(),
    pspName: z.string().max(140),
    pspFiscalCode: textOrNone(35),
    paymentMethod: textOrNone(140),
    paidCents: zeroOrMoreCents,
    creditedCents: zeroOrMoreCents,
    feeCents: zeroOrMoreCents.nullable(),
    balanceAfterCents: signedCents
      .nullable()
      .openapi({ description: 'The credit after it; null for an invited person.' }),
    copyAvailableOn: day,
    copyAvailable: z.boolean().openapi({
      description:
        'Whether the reader can have the copy by now: `/receipts/{id}.pdf`. The copy of a payment by an invited person is that person’s alone.',
    }),
  })
  .openapi('Receipt')

const paymentShape = {
  id,
  walletId: id,
  child: z.strictObject({ id, firstName: z.string().max(60) }),
  category: z.string().max(20),
  categoryLabel: z.string().max(60),
  channel: channelId(),
  amountCents,
  currency,
  state: z.enum(TOP_UP_STATES),
  onlineAttempt: z.enum(['awaited', 'failed']).nullable().openapi({
    description: 'While open: the last attempt online waits for its receipt, or came to nothing.',
  }),
  noticeNumber,
  createdAt: instant,
  expiresAt: instant,
  invitedLabel: textOrNone(60).openapi({
    description: 'For guardians: what they call the invited person who asked for this; null otherwise.',
  }),
  receipt: z.union([receiptSchema, z.null()]),
}

const paymentSchema = z.strictObject(paymentShape).openapi('Payment')

export const paymentsSchema = z
  .strictObject({ items: z.array(paymentSchema).min(0).max(100), nextCursor })
  .openapi('Payments')

const noticeSchema = z
  .strictObject({
    noticeNumber,
    creditorFiscalCode,
    creditorName: z.string().max(100),
    description: z.string().max(140),
    qrText: z.string().max(100).openapi({ description: 'What the QR code of the notice says.' }),
    dueDate: day.openapi({ description: 'The last day on which it can be paid.' }),
  })
  .openapi('Notice')

const stepSchema = z
  .strictObject({
    step: z.enum(TIMELINE_STEPS),
    at: instant,
    source: z.enum(TIMELINE_SOURCES).openapi({ description: 'Who told us.' }),
  })
  .openapi('TimelineStep')

export const topUpSchema = z
  .strictObject({ ...paymentShape, notice: noticeSchema, timeline: z.array(stepSchema).min(1).max(1000) })
  .openapi('TopUp')

/** A top-up as a list shows it. */
export function paymentView(topUp: TopUp, now: Date): z.infer<typeof paymentSchema> {
  const { state, onlineAttempt } = standingOf(topUp, now)
  return {
    id: topUp.id,
    walletId: topUp.walletId,
    child: { id: topUp.childId, firstName: topUp.childFirstName },
    category: topUp.category,
    categoryLabel: topUp.categoryLabel,
    channel: topUp.channelId,
    amountCents: Number(topUp.amountCents),
    currency: 'EUR',
    state,
    onlineAttempt: onlineAttempt ?? null,
    noticeNumber: topUp.noticeNumber,
    createdAt: topUp.createdAt.toISOString(),
    expiresAt: topUp.expiresAt.toISOString(),
    invitedLabel: topUp.invitation?.label ?? null,
    receipt: receiptView(topUp, now),
  }
}

/** A top-up with its notice and what has happened to it. */
export function topUpView(
  topUp: TopUp,
  facts: { tenant: Tenant; qrText: string; timeline: readonly TimelineStep[]; now: Date },
): z.infer<typeof topUpSchema> {
  const { tenant, qrText, timeline, now } = facts
  return {
    ...paymentView(topUp, now),
    notice: {
      noticeNumber: topUp.noticeNumber,
      creditorFiscalCode: tenant.creditorFiscalCode,
      creditorName: tenant.creditor.name,
      description: topUp.description,
      qrText,
      dueDate: lastDay(topUp.expiresAt),
    },
    timeline: timeline.map(({ step, at, source }) => ({ step, at: at.toISOString(), source })),
  }
}

function receiptView({ receipt, invitation }: TopUp, now: Date): z.infer<typeof receiptSchema> | null {
  if (!receipt) return null
  return {
    id: receipt.id,
    receiptId: receipt.receiptId,
    creditorReference: receipt.creditorReference,
    paidAt: receipt.paidAt?.toISOString() ?? null,
    pspName: receipt.pspName,
    pspFiscalCode: receipt.pspFiscalCode ?? null,
    paymentMethod: receipt.paymentMethod ?? null,
    paidCents: Number(receipt.amountCents),
    creditedCents: Number(receipt.creditedCents),
    feeCents: receipt.feeCents === undefined ? null : Number(receipt.feeCents),
    balanceAfterCents: receipt.balanceAfterCents === undefined ? null : Number(receipt.balanceAfterCents),
    copyAvailableOn: receipt.copyAvailableOn,
    copyAvailable: invitation === undefined && romeDate(now) >= receipt.copyAvailableOn,
  }
}
