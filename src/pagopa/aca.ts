import { UpstreamError } from '#core/errors.ts'
import type { AnnouncedPosition, PositionArchive } from '#core/top-ups/announce.ts'
import { plainText } from './soap/plain-text.ts'

/** The archive has nothing open under that notice: paid, closed or never announced. */
const NOTHING_OPEN = [404, 409, 422]

/**
 * A client of ACA, the archive that a creditor with synchronous integration keeps up to date, so that the Node can
 * take a payment while the creditor is away (protocol §5, `paCreatePosition`).
 * @param options.baseUrl the API up to and including its version, for instance `…/aca/v1`
 */
export function createPositionArchive(options: {
  baseUrl: string | URL
  subscriptionKey: string
  timeoutMs: number
}): PositionArchive {
  const url = new URL('paCreatePosition', `${options.baseUrl}`.replace(/\/*$/, '/'))
  return {
    async announce(position) {
      let response: Response
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            Accept: 'application/json',
            'Ocp-Apim-Subscription-Key': options.subscriptionKey,
          },
          body: JSON.stringify(bodyOf(position)),
          redirect: 'error',
          signal: AbortSignal.timeout(options.timeoutMs),
        })
      } catch (cause) {
        throw new UpstreamError('ACA could not be reached', { retryable: true, cause })
      }
      // The status says it all, and a problem's text may quote the debtor.
      response.body?.cancel().catch(() => undefined)
      const { status } = response
      if (status === 200) return
      if (position.amountCents === 0n && NOTHING_OPEN.includes(status)) return
      // A wrong key, an unknown creditor or an unregistered account is mended by people, and then the same call passes.
      const retryable = status >= 500 || [401, 403, 404, 408, 429].includes(status)
      throw new UpstreamError(`ACA refused a position (HTTP ${status})`, { retryable, status })
    },
  }
}

function bodyOf(position: AnnouncedPosition): unknown {
  return {
    paFiscalCode: position.creditorFiscalCode,
    entityType: 'F',
    entityFiscalCode: position.debtor.fiscalCode,
    entityFullName: plainText(position.debtor.fullName, 70),
    iuv: position.iuv,
    nav: position.noticeNumber,
    amount: Number(position.amountCents),
    description: plainText(position.description, 140),
    expirationDate: position.expiresAt.toISOString(),
    iban: position.iban,
    postalIban: position.postalIban,
    switchToExpired: false,
    payStandIn: true,
  }
}
