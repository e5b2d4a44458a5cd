/** One row a fault: its HTTP status, and the code that pagoPA's Node gets for it (null where it can never meet the Node). */
export const FAULTS = {
  'request.invalid': { status: 422, pagopa: 'PAA_SINTASSI_XSD' },
  'request.malformed': { status: 400, pagopa: 'PAA_SINTASSI_EXTRAXSD' },
  'request.too_large': { status: 413, pagopa: null },
  'request.too_many': { status: 429, pagopa: null },
  'request.foreign_origin': { status: 403, pagopa: null },
  'form.expired': { status: 409, pagopa: null },
  'idempotency.missing': { status: 400, pagopa: null },
  'idempotency.in_progress': { status: 409, pagopa: null },
  'idempotency.reused': { status: 422, pagopa: null },
  'resource.not_found': { status: 404, pagopa: null },
  'sign_in.required': { status: 401, pagopa: null },
  'sign_in.wrong': { status: 401, pagopa: null },
  'sign_in.method_closed': { status: 403, pagopa: null },
  'sign_in.minor': { status: 403, pagopa: null },
  'sign_in.disabled': { status: 403, pagopa: null },
  'sign_in.not_staff': { status: 403, pagopa: null },
  'sign_in.interrupted': { status: 403, pagopa: null },
  'identity.not_offered': { status: 404, pagopa: null },
  'identity.logout_refused': { status: 403, pagopa: null },
  'identity.certificate_unfit': { status: 422, pagopa: null },
  'identity.registration_unfit': { status: 422, pagopa: null },
  'identity.registration_state': { status: 409, pagopa: null },
  'account.other_person': { status: 409, pagopa: null },
  'account.unknown_code': { status: 404, pagopa: null },
  'account.not_linkable': { status: 409, pagopa: null },
  'password.too_short': { status: 422, pagopa: null },
  'password.too_common': { status: 422, pagopa: null },
  'link.not_valid': { status: 404, pagopa: null },
  'session.over': { status: 401, pagopa: null },
  'app_sign_in.refused': { status: 400, pagopa: null },
  'app_sign_in.code_refused': { status: 400, pagopa: null },
  'second_factor.wrong': { status: 401, pagopa: null },
  'second_factor.locked': { status: 403, pagopa: null },
  'role.not_allowed': { status: 403, pagopa: null },
  'registration.username_taken': { status: 409, pagopa: null },
  'enrolment.already_there': { status: 409, pagopa: null },
  'enrolment.unknown_category': { status: 422, pagopa: null },
  'enrolment.unknown_code': { status: 404, pagopa: null },
  'enrolment.closed': { status: 409, pagopa: null },
  'invitation.unknown_code': { status: 404, pagopa: null },
  'invitation.own_child': { status: 409, pagopa: null },
  'invitation.too_many': { status: 409, pagopa: null },
  'invitation.wrong_day': { status: 422, pagopa: null },
  'child_request.too_many': { status: 409, pagopa: null },
  'child_request.decided': { status: 409, pagopa: null },
  'school.code_taken': { status: 409, pagopa: null },
  'class.name_taken': { status: 409, pagopa: null },
  'class.school_closed': { status: 409, pagopa: null },
  'class.wrong_last_day': { status: 422, pagopa: null },
  'child.other_person': { status: 409, pagopa: null },
  'child.fiscal_code_taken': { status: 409, pagopa: null },
  'enrolment.asked': { status: 409, pagopa: null },
  'enrolment_request.too_many': { status: 409, pagopa: null },
  'enrolment_request.decided': { status: 409, pagopa: null },
  'enrolment.wrong_days': { status: 422, pagopa: null },
  'tariff.closed': { status: 409, pagopa: null },
  'tariff.day_taken': { status: 409, pagopa: null },
  'tariff.day_past': { status: 409, pagopa: null },
  'tariff.repeated_price': { status: 422, pagopa: null },
  'activation_code.unknown': { status: 404, pagopa: null },
  'tenant.unknown': { status: 404, pagopa: 'PAA_ID_DOMINIO_ERRATO' },
  'tenant.inactive': { status: 403, pagopa: 'PAA_ID_DOMINIO_ERRATO' },
  'tenant.wrong_broker': { status: 403, pagopa: 'PAA_ID_INTERMEDIARIO_ERRATO' },
  'tenant.wrong_station': { status: 403, pagopa: 'PAA_STAZIONE_INT_ERRATA' },
  'tenant.conflict': { status: 409, pagopa: null },
  'tenant.closed': { status: 404, pagopa: null },
  'tenant.real_money': { status: 409, pagopa: null },
  'tenant.wrong_state': { status: 409, pagopa: null },
  'tenant.not_ready': { status: 409, pagopa: null },
  'tenant.reason_missing': { status: 422, pagopa: null },
  'staff.yourself': { status: 409, pagopa: null },
  'staff.last_administrator': { status: 409, pagopa: null },
  'staff.already_invited': { status: 409, pagopa: null },
  'staff.administrator_there': { status: 409, pagopa: null },
  'staff_token.required': { status: 401, pagopa: null },
  'staff_token.scope': { status: 403, pagopa: null },
  'staff_token.too_many': { status: 409, pagopa: null },
  'support.no_leave': { status: 403, pagopa: null },
  'support.already_open': { status: 409, pagopa: null },
  'settings.fixed': { status: 409, pagopa: null },
  'amount.malformed': { status: 422, pagopa: 'PAA_SINTASSI_XSD' },
  'amount.below_minimum': { status: 422, pagopa: 'PAA_SEMANTICA' },
  'amount.above_maximum': { status: 422, pagopa: 'PAA_SEMANTICA' },
  'wallet.not_found': { status: 404, pagopa: 'PAA_PAGAMENTO_SCONOSCIUTO' },
  'wallet.suspended': { status: 409, pagopa: 'PAA_PAGAMENTO_ANNULLATO' },
  'wallet.repeated': { status: 422, pagopa: null },
  'payment_code.unknown': { status: 404, pagopa: 'PAA_PAGAMENTO_SCONOSCIUTO' },
  'payment_code.revoked': { status: 409, pagopa: 'PAA_PAGAMENTO_ANNULLATO' },
  'top_up.not_found': { status: 404, pagopa: 'PAA_PAGAMENTO_SCONOSCIUTO' },
  'top_up.already_paid': { status: 409, pagopa: 'PAA_PAGAMENTO_DUPLICATO' },
  'top_up.being_paid': { status: 409, pagopa: 'PAA_PAGAMENTO_IN_CORSO' },
  'top_up.expired': { status: 409, pagopa: 'PAA_PAGAMENTO_SCADUTO' },
  'top_up.cancelled': { status: 409, pagopa: 'PAA_PAGAMENTO_ANNULLATO' },
  'top_up.too_many': { status: 422, pagopa: null },
  'receipt.duplicate': { status: 409, pagopa: 'PAA_RECEIPT_DUPLICATA' },
  'receipt.not_available_yet': { status: 409, pagopa: null },
  'verification.unknown': { status: 404, pagopa: null },
  'channel.unknown': { status: 404, pagopa: null },
  'channel.not_offered': { status: 409, pagopa: 'PAA_SEMANTICA' },
  'office_till.closed': { status: 409, pagopa: null },
  'till.slip_known': { status: 409, pagopa: null },
  'correction.not_correctable': { status: 409, pagopa: null },
  'correction.reversed': { status: 409, pagopa: null },
  'correction.asked': { status: 409, pagopa: null },
  'correction.decided': { status: 409, pagopa: null },
  'correction.expired': { status: 409, pagopa: null },
  'correction.same_person': { status: 403, pagopa: null },
  'wallet.closed': { status: 409, pagopa: null },
  'wallet.not_empty': { status: 409, pagopa: null },
  'wallet.state_changed': { status: 409, pagopa: null },
  'meal.no_charge': { status: 409, pagopa: null },
  'attendance.list_changed': { status: 409, pagopa: null },
  'attendance.list_closed': { status: 409, pagopa: null },
  'attendance.no_service': { status: 409, pagopa: null },
  'attendance.closed': { status: 409, pagopa: null },
  'attendance.too_late': { status: 409, pagopa: null },
  'attendance.too_early': { status: 409, pagopa: null },
  'attendance.too_far': { status: 409, pagopa: null },
  'attendance.not_offered': { status: 409, pagopa: null },
  'diet.wrong_days': { status: 422, pagopa: null },
  'menu.changed': { status: 409, pagopa: null },
  'bank_statement.too_large': { status: 413, pagopa: null },
  'bank_statement.unreadable': { status: 422, pagopa: null },
  'bank_statement.invalid': { status: 422, pagopa: null },
  'import.too_large': { status: 413, pagopa: null },
  'import.too_wide': { status: 422, pagopa: null },
  'import.unreadable': { status: 422, pagopa: null },
  'import.no_rows': { status: 422, pagopa: null },
  'import.quotes': { status: 422, pagopa: null },
  'import.state': { status: 409, pagopa: null },
  'import.one_at_a_time': { status: 409, pagopa: null },
  'import.same_person': { status: 403, pagopa: null },
  'upstream.unavailable': { status: 502, pagopa: 'PAA_SYSTEM_ERROR' },
  'service.overloaded': { status: 503, pagopa: 'PAA_SYSTEM_ERROR' },
  'internal.failure': { status: 500, pagopa: 'PAA_SYSTEM_ERROR' },
} as const satisfies Record<string, { status: number; pagopa: string | null }>

export type FaultCode = keyof typeof FAULTS

/** Details of a fault: plain values that the public text may name, never a person's data. */
export type FaultDetails = Readonly<Record<string, string | number>>

/**
 * Something the caller can act on. The public text is looked up by `code` in the message catalogue
 * (`fault.<code>`); `message` is for our logs only.
 */
export class DomainError extends Error {
  readonly code: FaultCode
  readonly details: FaultDetails
  constructor(code: FaultCode, details: FaultDetails = {}, internal?: string) {
    super(internal ?? code)
    this.name = 'DomainError'
    this.code = code
    this.details = details
  }
}

/** A third party failed. `retryable` tells a job whether another try can help. */
export class UpstreamError extends Error {
  readonly code = 'upstream.unavailable' as const
  readonly retryable: boolean
  /** The third party's HTTP status, where there was an answer. */
  readonly status: number | undefined
  constructor(message: string, options: { retryable: boolean; status?: number; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'UpstreamError'
    this.retryable = options.retryable
    this.status = options.status
  }
}

/** States what must hold. A failure is our bug: it is logged, answered 500, and never shown in words. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`)
}
