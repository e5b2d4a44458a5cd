import type { Tx } from './db/tenant.ts'
import { newId } from './ids.ts'

/**
 * What is written down when it happens: sign-ins, and acts that need a right. The list is the catalogue; each has a
 * text `audit.<action>` for who reads the log.
 */
export const AUDIT_ACTIONS = [
  'sign_in.succeeded',
  'sign_in.refused',
  'sign_in.ended',
  'account.created',
  'account.linked',
  'account.merged',
  'account.link_code_issued',
  'registration.drafted',
  'registration.submitted',
  'registration.activated',
  'registration.retired',
  'identity.trace_read',
  'password.reset_requested',
  'password.changed',
  'password.deleted',
  'email.confirmed',
  'session.ended',
  'session.refresh_reused',
  'invitation.created',
  'invitation.accepted',
  'invitation.revoked',
  'invitation.returned',
  'child_request.approved',
  'child_request.refused',
  'guardianship.ended',
  'school.added',
  'school.changed',
  'school.closed',
  'school.reopened',
  'class.added',
  'class.renamed',
  'child.added',
  'child.changed',
  'child.placed',
  'child.left_class',
  'child.code_issued',
  'child.merged',
  'enrolment.added',
  'enrolment.changed',
  'enrolment_request.approved',
  'enrolment_request.refused',
  'enrolment_request.documents',
  'school_year.rolled_over',
  'tariff.added',
  'tariff.changed',
  'tariff.deleted',
  'isee.recorded',
  'isee.deleted',
  'exemption.added',
  'exemption.ended',
  'siblings.ranked',
  'reconciliation.difference_accepted',
  'reconciliation.statement_uploaded',
  'import.uploaded',
  'import.confirmed',
  'import.approved',
  'import.withdrawn',
  'import.retried',
  'import.completed',
  'import.report_read',
  'correction.asked',
  'correction.booked',
  'correction.approved',
  'correction.refused',
  'till.recorded',
  'wallet.state_changed',
  'receipt.raw_read',
  'second_factor.set_up',
  'second_factor.reset',
  'second_factor.recovery_used',
  'audit.exported',
  'tenant.created',
  'tenant.state_changed',
  'staff.invited',
  'staff.invited_again',
  'staff.invitation_revoked',
  'staff.joined',
  'staff.role_changed',
  'staff.disabled',
  'staff_token.made',
  'staff_token.revoked',
  'support.allowed',
  'support.ended',
  'support.entered',
  'support.tried',
  'support.wrote',
  'support.refused',
  'support.read',
  'settings.changed',
  'settings.confirmed',
  'settings.logo_changed',
  'settings.category_changed',
  'settings.channel_changed',
  'rehearsal.wiped',
  'meals.charged',
  'meals.taken_back',
  'attendance.saved',
  'attendance.imported',
  'calendar.period_added',
  'calendar.period_removed',
  'calendar.closure_added',
  'calendar.closure_removed',
  'diet.added',
  'diet.changed',
  'diet.deleted',
  'diet.note_read',
  'menu.saved',
  'menu.repeated',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** Who acts. `nobody` is somebody who is not, or not yet, signed in; `system` is a job. */
export type Actor =
  | { readonly kind: 'guardian' | 'staff' | 'operator'; readonly id: string }
  | { readonly kind: 'system' | 'nobody' }

export interface AuditEntry {
  readonly actor: Actor
  readonly action: AuditAction
  /** What it was done to: `account`, `session`, `child` … and its id. */
  readonly subject?: { readonly kind: string; readonly id: string }
  /** Plain facts: methods, counts, before and after. Never a person's name, code or address. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
}

/** A member of the staff, or nobody in particular: what a command does has no account. */
export function staffOrSystem(accountId: string | null): Actor {
  return accountId === null ? { kind: 'system' } : { kind: 'staff', id: accountId }
}

/** Writes an act down inside the transaction that does it, so that neither is there without the other. */
export async function audit(tx: Tx, tenantId: string, entry: AuditEntry, now: Date): Promise<void> {
  const { actor, action, subject, details = {} } = entry
  await tx
    .insertInto('audit_log')
    .values({
      tenant_id: tenantId,
      id: newId(),
      at: now,
      actor_kind: actor.kind,
      actor_id: 'id' in actor ? actor.id : null,
      action,
      subject_kind: subject?.kind ?? null,
      subject_id: subject?.id ?? null,
      details,
    })
    .execute()
}
