import { z } from '@hono/zod-openapi'
import type { LedgerKind } from '#core/db/schema.ts'
import type { Movement } from '#core/ledger/movements.ts'
import type { MovementReason } from '#core/ledger/reasons.ts'
import type { MealOfMovement } from '#meals/meal-movements.ts'
import type { PayableWallet } from '#tenants/people/wallets.ts'
import { currency, day, id, instant, nextCursor, signedCents, zeroOrMoreCents } from './fields.ts'

const guardianWalletSchema = z
  .strictObject({
    relation: z.enum(['guardian']),
    id,
    child: z.strictObject({
      id,
      firstName: z.string().max(60),
      lastName: z.string().max(60),
      school: z.string().max(100),
      className: z.string().max(40),
    }),
    category: z.string().max(20),
    categoryLabel: z.string().max(60),
    balanceCents: signedCents,
    currency,
    tariffCents: zeroOrMoreCents
      .nullable()
      .openapi({ description: 'What a meal costs this child; null if unknown.' }),
    state: z.enum(['active', 'suspended', 'closed']),
    stateReason: z.string().max(200).nullable().openapi({
      description: 'Why the entity’s office suspended or closed it, in its words; null while it is active.',
    }),
  })
  .openapi('GuardianWallet')

const invitedWalletSchema = z
  .strictObject({
    relation: z.enum(['invited']),
    id,
    child: z.strictObject({ id, firstName: z.string().max(60) }),
    category: z.string().max(20),
    categoryLabel: z.string().max(60),
    until: day.openapi({ description: 'The last day of the invitation.' }),
    state: z.enum(['active', 'suspended', 'closed']),
  })
  .openapi('InvitedWallet', {
    description: 'Of a child whose guardian lets this person top it up: no balance, no statement, no code.',
  })

const walletSchema = z
  .discriminatedUnion('relation', [guardianWalletSchema, invitedWalletSchema])
  .openapi('Wallet')

export const walletsSchema = z
  .strictObject({ items: z.array(walletSchema).min(0).max(200) })
  .openapi('Wallets')

export function walletView(
  wallet: PayableWallet,
  stateReason: string | undefined,
): z.infer<typeof walletSchema> {
  const { id, category, categoryLabel, state } = wallet
  if (wallet.relation === 'invited') {
    const { relation, child, until } = wallet
    return { relation, id, child, category, categoryLabel, until, state }
  }
  const { relation, child, balanceCents, tariffCents } = wallet
  return {
    relation,
    id,
    child,
    category,
    categoryLabel,
    balanceCents: Number(balanceCents),
    currency: 'EUR',
    tariffCents: tariffCents === undefined ? null : Number(tariffCents),
    state,
    stateReason: stateReason ?? null,
  }
}

/** What a movement is called outside; kinds that never touch a wallet have no name. */
const MOVEMENT_KINDS = {
  receipt: 'top-up',
  meal: 'meal',
  reversal: 'reversal',
  opening: 'opening',
  till: 'till',
  refund: 'refund',
  adjustment: 'adjustment',
} as const satisfies Partial<Record<LedgerKind, string>>
type MovementName = (typeof MOVEMENT_KINDS)[keyof typeof MOVEMENT_KINDS]

const movementSchema = z
  .strictObject({
    number: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .openapi({ format: 'int64', description: 'Its place among the movements of the wallet, from 1.' }),
    kind: z.enum(Object.values(MOVEMENT_KINDS) as [MovementName, ...MovementName[]]),
    occurredAt: instant,
    bookedAt: instant,
    amountCents: signedCents,
    balanceAfterCents: signedCents,
    currency,
    reason: z.string().max(200).nullable().openapi({
      description: 'Why the entity’s office corrected the credit, in its words; null for any other movement.',
    }),
    meal: z
      .strictObject({
        day: day.openapi({ description: 'The day of the meal.' }),
        reversal: z
          .strictObject({
            kind: z.enum(['absent', 'price', 'no-service', 'not-enrolled', 'office']),
            note: z.string().max(200).nullable(),
          })
          .nullable()
          .openapi({
            description:
              'Why it was taken back: the child was not there, another price, no service, no enrolment, or a decision of the ' +
              'office with its words; null for the meal itself.',
          }),
      })
      .nullable()
      .openapi({ description: 'Of a meal, or of one that was taken back; null for any other movement.' }),
  })
  .openapi('Movement')

export const movementsSchema = z
  .strictObject({ items: z.array(movementSchema).min(0).max(100), nextCursor })
  .openapi('Movements')

export function movementView(
  movement: Movement,
  reason: MovementReason | undefined,
  meal: MealOfMovement | undefined,
): z.infer<typeof movementSchema> {
  const kinds: Partial<Record<LedgerKind, MovementName>> = MOVEMENT_KINDS
  return {
    number: movement.number,
    kind: kinds[movement.kind] ?? 'adjustment',
    occurredAt: movement.occurredAt.toISOString(),
    bookedAt: movement.bookedAt.toISOString(),
    amountCents: Number(movement.amountCents),
    balanceAfterCents: Number(movement.balanceAfterCents),
    currency: 'EUR',
    reason: reason?.kind === 'correction' ? reason.reason : null,
    meal: meal ? mealView(meal) : null,
  }
}

function mealView({ day: of, reversal }: MealOfMovement): z.infer<typeof movementSchema>['meal'] {
  return { day: of, reversal: reversal ? { kind: reversal.kind, note: reversal.note ?? null } : null }
}

export const paymentCodeSchema = z
  .strictObject({
    payload: z
      .string()
      .max(400)
      .openapi({ description: 'The text of the QR code; it says nothing about anybody.' }),
    caption: z
      .string()
      .max(100)
      .openapi({ description: 'What is written under the QR code, to be typed by hand.' }),
  })
  .openapi('PaymentCode')
