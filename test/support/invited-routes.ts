import type { Things } from './things.ts'

// What an invited person may do with what is over a thing: test/invited-person.test.ts asks each of these routes.
const HIDDEN = { living: [404], over: [404] }
const LASTING = { living: [200], over: [200] }
const paying = (...living: number[]) => ({ living, over: [404] })

/** A route over a thing. */
export interface Rule {
  path: (things: Things) => string
  json?: (things: Things) => unknown
  /** What one's own thing answers, while the invitation holds and after. */
  mine: { living: number[]; over: number[] }
}

/** Routes that destroy what they are asked for come last. */
export const PORTAL: Record<string, Rule> = {
  'GET /:slug/avvisi/:id': { path: ({ topUpId }) => `/avvisi/${topUpId}`, mine: paying(200) },
  'GET /:slug/avvisi/:id/avviso.pdf': {
    path: ({ topUpId }) => `/avvisi/${topUpId}/avviso.pdf`,
    mine: paying(200),
  },
  'POST /:slug/avvisi/:id/email': { path: ({ topUpId }) => `/avvisi/${topUpId}/email`, mine: paying(303) },
  'GET /:slug/pagamenti/:id': { path: ({ topUpId }) => `/pagamenti/${topUpId}`, mine: LASTING },
  // A notice cannot be tried again online; what is paid leads to its receipt.
  'POST /:slug/pagamenti/:id/riprova': {
    path: ({ topUpId }) => `/pagamenti/${topUpId}/riprova`,
    mine: paying(409),
  },
  'POST /:slug/carrelli/:id/riprova': {
    path: ({ cartId }) => `/carrelli/${cartId}/riprova`,
    mine: paying(303),
  },
  'GET /:slug/carrelli/:id': { path: ({ cartId }) => `/carrelli/${cartId}`, mine: LASTING },
  'GET /:slug/ricevute/:id': { path: ({ receiptId }) => `/ricevute/${receiptId}`, mine: LASTING },
  'GET /:slug/movimenti/:wallet': { path: ({ walletId }) => `/movimenti/${walletId}`, mine: HIDDEN },
  'POST /:slug/codici-pagamento/:wallet/rigenera': {
    path: ({ walletId }) => `/codici-pagamento/${walletId}/rigenera`,
    mine: HIDDEN,
  },
}

/** Withdraws the notice that the others are about: asked after them. */
export const WITHDRAWAL: Record<string, Rule> = {
  'POST /:slug/avvisi/:id/annulla': {
    path: ({ topUpId }) => `/avvisi/${topUpId}/annulla`,
    mine: paying(303),
  },
}

const topUp = (channel: string) => ({
  path: () => '/top-ups',
  json: ({ walletId }: Things) => ({ channel, items: [{ walletId, amountCents: 1_000 }] }),
})
/** Meals are the guardians' matter. */
const absence: Rule = {
  path: ({ childId }) => `/children/${childId}/absences/REFEZIONE/2026-12-24`,
  mine: HIDDEN,
}
export const REST: Record<string, Rule> = {
  'GET /api/v1/wallets/:id/movements': {
    path: ({ walletId }) => `/wallets/${walletId}/movements`,
    mine: HIDDEN,
  },
  'GET /api/v1/wallets/:id/menu': { path: ({ walletId }) => `/wallets/${walletId}/menu`, mine: HIDDEN },
  'GET /api/v1/wallets/:id/payment-code': {
    path: ({ walletId }) => `/wallets/${walletId}/payment-code`,
    mine: HIDDEN,
  },
  'POST /api/v1/wallets/:id/payment-code': {
    path: ({ walletId }) => `/wallets/${walletId}/payment-code`,
    mine: HIDDEN,
  },
  'POST /api/v1/top-ups': { ...topUp('psp-notice'), mine: paying(201) },
  'GET /api/v1/top-ups/:id': { path: ({ topUpId }) => `/top-ups/${topUpId}`, mine: LASTING },
  'GET /api/v1/top-ups/:id/notice.pdf': {
    path: ({ topUpId }) => `/top-ups/${topUpId}/notice.pdf`,
    mine: paying(200),
  },
  'POST /api/v1/top-ups/:id/notice-emails': {
    path: ({ topUpId }) => `/top-ups/${topUpId}/notice-emails`,
    json: () => ({ email: 'nonna@example.org' }),
    mine: paying(202),
  },
  'POST /api/v1/top-ups/:id/attempts': {
    path: ({ topUpId }) => `/top-ups/${topUpId}/attempts`,
    mine: paying(409),
  },
  'GET /api/v1/receipts/:fileName': { path: ({ receiptId }) => `/receipts/${receiptId}.pdf`, mine: LASTING },
  'POST /api/v1/invitations': {
    path: () => '/invitations',
    json: ({ childId }) => ({ childId, label: 'Zio Ugo' }),
    mine: HIDDEN,
  },
  'PUT /api/v1/children/:id/absences/:category/:day': absence,
  'DELETE /api/v1/children/:id/absences/:category/:day': absence,
  'DELETE /api/v1/top-ups/:id': { path: ({ topUpId }) => `/top-ups/${topUpId}`, mine: paying(204) },
}
/** Giving back ends everything: asked after all the others. */
export const LAST = ['POST /:slug/inviti/:id/termina', 'DELETE /api/v1/invitations/:id']
