import type { Pool } from '#core/db/connect.ts'
import type { TopUpState, WalletState } from '#core/db/schema.ts'
import { assertPayable } from '#core/desk.ts'
import { DomainError } from '#core/errors.ts'
import { cents, type Cents } from '#core/money.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { lastDay } from '#core/top-ups/notice-document.ts'
import { iuvOf } from './notice-number.ts'
import { writeGet, writeGetV2, writeVerify } from './soap/answers.ts'
import {
  ANONYMOUS_DEBTOR,
  remittanceInformation,
  type Debtor,
  type MetadataEntry,
  type PaymentPosition,
} from './soap/payment-position.ts'
import type { RequestOf } from './soap/requests.ts'
import { tenantOfNotice } from './routing.ts'

interface NoticeRow {
  top_up_id: string
  state: TopUpState
  amount_cents: bigint
  description: string
  taxonomy_code: string
  expires_at: Date
  wallet_state: WalletState
  debtor_first_name: string | null
  debtor_last_name: string | null
  debtor_fiscal_code_sealed: Buffer | null
  debtor_email: string | null
}

/** paVerifyPaymentNotice: a pure read. @throws DomainError with the fault to answer */
export async function verifyNotice(
  services: Services,
  request: RequestOf<'paVerifyPaymentNotice'>,
): Promise<string> {
  const tenant = await tenantOfNotice(services.tenants, request, request.qrCode)
  const notice = await payableNotice(services, tenant, request.qrCode.noticeNumber)
  services.events.note({ tenantId: tenant.id, topUpId: notice.top_up_id, step: 'verified', source: 'node' })
  return writeVerify(positionOf(tenant, request.qrCode.noticeNumber, notice, ANONYMOUS_DEBTOR))
}

/** paGetPayment and V2: a read that may come again and answers the same. @throws DomainError with the fault to answer */
export async function getNotice(
  services: Services,
  request: RequestOf<'paGetPayment'> | RequestOf<'paGetPaymentV2'>,
): Promise<string> {
  const tenant = await tenantOfNotice(services.tenants, request, request.qrCode)
  const { noticeNumber } = request.qrCode
  const notice = await payableNotice(services, tenant, noticeNumber)
  const debtor = await debtorOf(services, tenant, notice)
  const position = positionOf(tenant, noticeNumber, notice, debtor, request)
  services.events.note({ tenantId: tenant.id, topUpId: notice.top_up_id, step: 'activated', source: 'node' })
  return request.operation === 'paGetPayment' ? writeGet(position) : writeGetV2(position)
}

async function payableNotice(
  { pool, clock }: Services,
  tenant: Tenant,
  noticeNumber: string,
): Promise<NoticeRow> {
  const notice = await findNotice(pool, tenant.id, noticeNumber)
  if (!notice) throw new DomainError('top_up.not_found')
  assertPayable({ state: notice.state, expiresAt: notice.expires_at }, tenant, clock.now())
  if (notice.wallet_state !== 'active') throw new DomainError('top_up.cancelled')
  return notice
}

async function findNotice(
  pool: Pool,
  tenantId: string,
  noticeNumber: string,
): Promise<NoticeRow | undefined> {
  const [row] = await pool<NoticeRow[]>`
    select top_up_id, state, amount_cents, description, taxonomy_code, expires_at, wallet_state,
      debtor_first_name, debtor_last_name, debtor_fiscal_code_sealed, debtor_email
    from find_notice(${tenantId}, ${noticeNumber})`
  return row
}

async function debtorOf({ vault }: Services, tenant: Tenant, notice: NoticeRow): Promise<Debtor> {
  if (notice.debtor_first_name === null) return ANONYMOUS_DEBTOR
  const sealed = notice.debtor_fiscal_code_sealed
  return {
    type: 'F',
    value: sealed ? (await vault.of(tenant.id)).open(sealed) : ANONYMOUS_DEBTOR.value,
    fullName: `${notice.debtor_first_name} ${notice.debtor_last_name}`,
  }
}

/**
 * The debt of a top-up as the Node is told: one transfer, to the creditor, by the account that the payment asks for.
 * A postal account makes it payable by postal slip, whichever account is named here.
 */
export function positionOf(
  tenant: Pick<Tenant, 'creditor' | 'creditorFiscalCode' | 'branding'>,
  noticeNumber: string,
  notice: { amount_cents: bigint; description: string; taxonomy_code: string; expires_at: Date },
  debtor: Debtor,
  asked: { operation?: string; transferType?: 'POSTAL' | 'PAGOPA' } = {},
): PaymentPosition {
  const { creditor, creditorFiscalCode, branding } = tenant
  const iuv = iuvOf(noticeNumber)
  const amountCents: Cents = cents(notice.amount_cents)
  const { postalIban } = creditor
  // POSTAL asks for a postal account, where there is one; PAGOPA, which V2 alone knows, takes any and wants to know a
  // postal one beside it (protocol §1.6).
  const iban = asked.transferType === 'POSTAL' && postalIban ? postalIban : creditor.iban
  const wantsBoth = asked.operation === 'paGetPaymentV2' && asked.transferType === 'PAGOPA'
  const metadata: MetadataEntry[] =
    wantsBoth && postalIban ? [{ key: 'IBANAPPOGGIO', value: postalIban }] : []
  return {
    creditorReferenceId: iuv,
    amountCents,
    dueDate: lastDay(notice.expires_at),
    description: notice.description,
    fiscalCodePA: creditorFiscalCode,
    companyName: creditor.name,
    officeName: branding.officeName || undefined,
    debtor,
    transfers: [
      {
        idTransfer: 1,
        amountCents,
        fiscalCodePA: creditorFiscalCode,
        companyName: creditor.name,
        iban,
        remittanceInformation: remittanceInformation(iuv, amountCents, notice.description),
        category: notice.taxonomy_code,
        ...(metadata.length > 0 ? { metadata } : {}),
      },
    ],
    allCcp: postalIban !== undefined,
  }
}
