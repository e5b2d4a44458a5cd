import { romeDate } from '#core/clock.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { groupVerificationCode, readVerificationCode, verifyReceipt } from '#core/receipts/verification.ts'
import { remoteAddress } from '#core/remote-address.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { VerifyView } from '../views/verify.ts'

/** Where anybody who holds a receipt's copy sees that it is genuine, and where its money stands. No sign-in. */
export function verifyRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, attempts } = parts

  app.get('/:slug/verifica', (context) => {
    const typed = context.req.query('codice')?.trim()
    if (!typed) return answer(parts, context, {})
    const code = readVerificationCode(typed)
    if (!code) return refuse(parts, context, typed)
    return context.redirect(`${baseOf(context.var.tenant)}/verifica/${code}`, 303)
  })

  app.get('/:slug/verifica/:code', async (context) => {
    const { tenant } = context.var
    const typed = context.req.param('code')
    const code = readVerificationCode(typed)
    if (!code) return refuse(parts, context, typed)
    try {
      const guesser = { secret: 'verification-code', address: remoteAddress(context) } as const
      const verified = await attempts.guess(tenant.id, guesser, async () => {
        const found = await verifyReceipt(services.db, tenant.id, code)
        if (!found) throw new DomainError('verification.unknown')
        return found
      })
      return answer(parts, context, { code, verified })
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'verification.unknown') throw error
      return refuse(parts, context, typed)
    }
  })
}

function answer(
  parts: PortalParts,
  context: PortalContext,
  { code, verified }: { code?: string; verified?: NonNullable<VerifyView['verified']> },
) {
  const view = {
    ...frame(parts, context, null),
    code: code ? groupVerificationCode(code) : '',
    creditorName: context.var.tenant.creditor.name,
    verified: verified ?? null,
    disposition: verified?.disposition.replaceAll('-', '_') ?? '',
    reversedOn: verified?.ledger?.reversedAt ? romeDate(verified.ledger.reversedAt) : null,
    errors: {},
  }
  return page(parts, context, 'verify', view)
}

function refuse(parts: PortalParts, context: PortalContext, typed: string) {
  const text = faultText(new DomainError('verification.unknown'), context.var.language)
  const view = {
    ...frame(parts, context, null),
    code: typed.slice(0, 40),
    creditorName: context.var.tenant.creditor.name,
    verified: null,
    disposition: '',
    reversedOn: null,
    errors: { codice: text.detail },
  }
  return page(parts, context, 'verify', view, 404)
}
