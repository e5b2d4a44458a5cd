/* What an entity hands in before it goes live: migrations/0022-onboarding.sql. */

export type LogoKind = 'svg' | 'png' | 'jpg'

export interface OnboardingTables {
  tenant_logos: {
    tenant_id: string
    hash: string
    kind: LogoKind
    content: Buffer
    uploaded_at: Date
    uploaded_by: string
  }
  renewal_reminders: { tenant_id: string; year: number; reminded_at: Date; letters: number }
  rehearsal_families: { tenant_id: string; account_id: string; child_id: string; made_at: Date }
}
