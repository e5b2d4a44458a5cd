import type { DemandRequest } from '#core/channel.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { OpenedTopUp } from '#core/top-ups/top-up.ts'
import { readDemandPayload } from './demand-payload.ts'
import { positionOf } from './notices.ts'
import { tenantOfService } from './routing.ts'
import { writeDemand } from './soap/answers.ts'
import { ANONYMOUS_DEBTOR } from './soap/payment-position.ts'
import type { RequestOf } from './soap/requests.ts'

/** Opens the top-up that a counter asks for. main.ts injects it, so that the wire knows no channel. */
export type DemandHandler = (tenant: Tenant, request: DemandRequest) => Promise<OpenedTopUp>

/**
 * paDemandPaymentNotice: a new notice over the amount typed at the counter. Two equal demands are two notices: both
 * may be meant.
 * @throws DomainError with the fault to answer, RequestFault when the service's own data cannot be read
 */
export async function demandNotice(
  services: Services,
  handler: DemandHandler,
  request: RequestOf<'paDemandPaymentNotice'>,
): Promise<string> {
  const tenant = await tenantOfService(services.tenants, request, request)
  const demand = readDemandPayload(request.datiSpecificiServizioRequest)
  const opened = await handler(tenant, demand)
  const notice = {
    amount_cents: opened.amountCents,
    description: opened.description,
    taxonomy_code: opened.taxonomyCode,
    expires_at: opened.expiresAt,
  }
  return writeDemand(positionOf(tenant, opened.noticeNumber, notice, ANONYMOUS_DEBTOR), opened.noticeNumber)
}
