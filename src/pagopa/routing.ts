import { DomainError } from '#core/errors.ts'
import type { NoticeRole } from '#core/receipts/settle.ts'
import { isOpenForBusiness, type Tenant, type TenantDirectory } from '#core/tenant.ts'
import { segregationCodeOf } from './notice-number.ts'
import { RequestFault } from './soap/faults.ts'

/** Whom a message of the Node says it is for. */
export interface Addressee {
  idPA: string
  idBrokerPA: string
  idStation: string
}

interface QrCode {
  fiscalCode: string
  noticeNumber: string
}

/**
 * The tenant that manages a notice, by creditor and segregation code, in the official order of checks: tenant,
 * broker, station, notice (protocol §1.4).
 * @throws DomainError tenant.unknown, tenant.inactive, tenant.wrong_broker, tenant.wrong_station, top_up.not_found
 */
export async function tenantOfNotice(
  directory: TenantDirectory,
  to: Addressee,
  { fiscalCode, noticeNumber }: QrCode,
): Promise<Tenant> {
  const candidates = await candidatesOf(directory, to.idPA)
  if (fiscalCode !== to.idPA) throw new DomainError('tenant.unknown')
  const tenant = candidates.find((one) => one.segregationCode === segregationCodeOf(noticeNumber))
  checkRoute(tenant ? [tenant] : candidates, to)
  if (!tenant) throw new DomainError('top_up.not_found')
  if (!isOpenForBusiness(tenant)) throw new DomainError('tenant.inactive')
  return tenant
}

/**
 * The tenant whose service a demand asks for. Where the subject is left out, as the prose's samples do, the service
 * alone will do if one tenant of the creditor offers it (protocol §1.3).
 * @throws DomainError tenant.*, channel.not_offered when the service is none of it; RequestFault PAA_SINTASSI_XSD when
 *   the subject is needed
 */
export async function tenantOfService(
  directory: TenantDirectory,
  to: Addressee,
  { idServizio, idSoggettoServizio: subject }: { idServizio: string; idSoggettoServizio?: string },
): Promise<Tenant> {
  const candidates = await candidatesOf(directory, to.idPA)
  const [tenant, ...others] = candidates.filter((one) =>
    subject === undefined ? one.serviceId === idServizio : one.serviceSubjectId === subject,
  )
  const isOne = tenant !== undefined && others.length === 0
  checkRoute(isOne ? [tenant] : candidates, to)
  if (subject === undefined && others.length > 0) throw subjectNeeded(to.idPA)
  if (!isOne || tenant.serviceId !== idServizio) throw new DomainError('channel.not_offered')
  if (!isOpenForBusiness(tenant)) throw new DomainError('tenant.inactive')
  return tenant
}

function subjectNeeded(idPA: string): RequestFault {
  return new RequestFault({
    operation: 'paDemandPaymentNotice',
    code: 'PAA_SINTASSI_XSD',
    description: 'paDemandPaymentNoticeRequest/idSoggettoServizio: missing or misplaced',
    idPA,
  })
}

/** Where a receipt goes: to a tenant in some role, or to nobody here, with the reason. */
export type ReceiptRoute = { tenant: Tenant; role: NoticeRole } | { unrouted: string }

/**
 * Where a receipt goes. An inactive tenant still gets its money; a notice of another intermediary, or of another
 * creditor with a share for ours, goes to the only tenant of that creditor, if there is just one.
 * @throws DomainError tenant.unknown for a creditor never served here, tenant.wrong_broker, tenant.wrong_station
 */
export async function routeReceipt(
  directory: TenantDirectory,
  to: Addressee,
  { fiscalCode, noticeNumber }: QrCode,
): Promise<ReceiptRoute> {
  const candidates = await candidatesOf(directory, to.idPA)
  const own = fiscalCode === to.idPA
  const manager = own
    ? candidates.find((one) => one.segregationCode === segregationCodeOf(noticeNumber))
    : undefined
  checkRoute(manager ? [manager] : candidates, to)
  if (manager) return { tenant: manager, role: 'creditor' }
  const [only, ...others] = candidates
  if (!only || others.length > 0)
    return { unrouted: own ? 'notice of another intermediary' : 'beneficiary is ambiguous' }
  return { tenant: only, role: own ? 'broadcast' : 'secondary' }
}

async function candidatesOf(directory: TenantDirectory, idPA: string): Promise<readonly Tenant[]> {
  const candidates = await directory.ofCreditor(idPA)
  if (candidates.length === 0) throw new DomainError('tenant.unknown')
  return candidates
}

function checkRoute(candidates: readonly Tenant[], { idBrokerPA, idStation }: Addressee): void {
  const ofBroker = candidates.filter(({ creditor }) => creditor.brokerFiscalCode === idBrokerPA)
  if (ofBroker.length === 0) throw new DomainError('tenant.wrong_broker')
  if (!ofBroker.some(({ creditor }) => creditor.stationId === idStation))
    throw new DomainError('tenant.wrong_station')
}
