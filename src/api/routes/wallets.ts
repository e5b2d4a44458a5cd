import { z } from '@hono/zod-openapi'
import { movementsPage } from '#core/ledger/movements.ts'
import { movementReasons } from '#core/ledger/reasons.ts'
import { mealsOfMovements } from '#meals/meal-movements.ts'
import { walletStateReasons } from '#tenants/books/wallet-states.ts'
import { renewOwnPaymentCode, showPaymentCode } from '#tenants/own-payment-code.ts'
import { ownWallet } from '#tenants/people/own.ts'
import { isPayable, walletsNear } from '#tenants/people/wallets.ts'
import { answer, answerOnce, conditionalAnswer, linkNext } from '../answer.ts'
import { callerOf, ownerOf, payerOf, type Api, type ApiContext, type ApiParts } from '../context.ts'
import { operation } from '../operation.ts'
import { ETAG_HEADER, jsonAnswer, LINK_HEADER } from '../responses.ts'
import { idPath, pageCursor, pageLimit } from '../schemas/fields.ts'
import {
  movementsSchema,
  movementView,
  paymentCodeSchema,
  walletsSchema,
  walletView,
} from '../schemas/wallet.ts'

const wallets = operation({
  method: 'get',
  path: '/wallets',
  id: 'own_wallets',
  tag: 'wallets',
  summary: 'The wallets of the parent’s children, and of those they were invited to top up',
  description: '`relation` tells which fields a wallet has.',
  access: 'personal',
  conditional: true,
  answers: { 200: jsonAnswer('One wallet for each child and service.', walletsSchema, ETAG_HEADER) },
})

const movements = operation({
  method: 'get',
  path: '/wallets/{id}/movements',
  id: 'wallet_movements',
  tag: 'wallets',
  summary: 'The statement of a wallet',
  description: 'Newest first, each with the balance after it.',
  access: 'personal',
  conditional: true,
  request: {
    params: idPath,
    query: z.strictObject({ cursor: pageCursor(/^[1-9]\d{0,14}$/), limit: pageLimit }),
  },
  answers: { 200: jsonAnswer('A page of movements.', movementsSchema, { ...ETAG_HEADER, ...LINK_HEADER }) },
})

const code = operation({
  method: 'get',
  path: '/wallets/{id}/payment-code',
  id: 'payment_code',
  tag: 'wallets',
  summary: 'The code to show at the tobacconist’s',
  description: 'The terminal scans it, the payer names the amount, and the credit grows.',
  access: 'personal',
  request: { params: idPath },
  answers: { 200: jsonAnswer('The code.', paymentCodeSchema) },
  faults: ['channel.not_offered', 'wallet.suspended'],
})

const renewal = operation({
  method: 'post',
  path: '/wallets/{id}/payment-code',
  id: 'renew_payment_code',
  tag: 'wallets',
  summary: 'Void the code and make a new one',
  description: 'Where somebody else has got hold of it. Printed copies of the old one open nothing any more.',
  access: 'personal',
  once: true,
  request: { params: idPath },
  answers: { 201: jsonAnswer('The new code.', paymentCodeSchema) },
  faults: ['channel.not_offered', 'wallet.suspended'],
})

/** Credit, movements and codes. */
export function walletRoutes(app: Api, parts: ApiParts): void {
  const { services } = parts
  const codeOf = (context: ApiContext, walletId: string) =>
    showPaymentCode(parts, callerOf(context).tenant, payerOf(context), walletId, 'app')

  app.openapi(wallets, async (context) => {
    const { tenantId, accountId } = ownerOf(context)
    const near = await walletsNear(services.pool, tenantId, accountId, services.clock.now())
    const payable = near.filter(isPayable)
    const stopped = payable.filter(({ relation, state }) => relation === 'guardian' && state !== 'active')
    const ids = stopped.map(({ id }) => id)
    const reasons = await walletStateReasons(services.db, tenantId, ids)
    const items = payable.map((wallet) =>
      walletView(wallet, ids.includes(wallet.id) ? reasons.get(wallet.id)?.reason : undefined),
    )
    return conditionalAnswer(context, { items })
  })

  app.openapi(movements, async (context) => {
    const { cursor, limit } = context.req.valid('query')
    const owner = ownerOf(context)
    const wallet = await ownWallet(services.pool, owner, context.req.valid('param').id)
    const before = cursor === undefined ? undefined : Number(cursor)
    const { items, next } = await movementsPage(services.db, owner.tenantId, wallet.id, { before, limit })
    const nextCursor = next === undefined ? null : String(next)
    linkNext(context, nextCursor)
    const reasons = await movementReasons(services.db, owner.tenantId, items)
    const meals = await mealsOfMovements(services.db, owner.tenantId, wallet.id, items)
    const shown = items.map((movement) =>
      movementView(movement, reasons.get(movement.transactionId), meals.get(movement.transactionId)),
    )
    return conditionalAnswer(context, { items: shown, nextCursor })
  })

  app.openapi(code, async (context) => answer(context, await codeOf(context, context.req.valid('param').id)))

  app.openapi(renewal, async (context) => {
    const { id } = context.req.valid('param')
    const { tenant, viewer } = callerOf(context)
    await answerOnce(parts, context, id, 201, async () => {
      await renewOwnPaymentCode(services, tenant, viewer.accountId, id)
      return {}
    })
    // The code itself is kept nowhere, also not among the answers for repetitions.
    return answer(context, await codeOf(context, id), 201)
  })
}
