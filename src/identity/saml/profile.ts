import type { MetadataProfile } from '../metadata/service-provider.ts'

/** What tells one SAML scheme from another; all the rest they share. */
export interface SamlProfile {
  readonly id: string
  readonly label: { readonly it: string; readonly en: string }
  readonly links: readonly { readonly text: string; readonly href: string }[]
  /** SPID demands a Format on the Assertion's Issuer; CIE sends none. Where one stands it must be right in both. */
  readonly requiresIssuerFormat: boolean
  /** Extensions and the attributes asked for, set 0: the least that an account needs. */
  readonly metadata: MetadataProfile
}
