import { qrSvg } from '#core/documents/qr.ts'
import { DomainError, invariant } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator, type Language } from '#core/i18n.ts'
import { newTotpSecret, totpUri } from '#core/totp.ts'
import type { SignInStep, StepTokens } from './step-token.ts'
import type { FieldErrors, PageView } from './view.ts'

/** `pages/second-step`: POST `{base}/accedi/codice` with `step` and `code`. */
export interface CodeStepView extends PageView {
  readonly step: string
  /** Whether a recovery code is taken too. */
  readonly recovery: boolean
  readonly errors: FieldErrors<'code'>
}

/** `pages/second-step-setup`: POST `{base}/accedi/secondo-fattore` with `step`, `code`, and `password` twice where asked. */
export interface SetUpStepView extends PageView {
  readonly step: string
  readonly qrSvg: string
  /** The secret in groups of four, for who cannot read the picture. */
  readonly secret: string
  readonly username: string
  /** The shortest password that may be chosen; null where none is asked for. */
  readonly newPassword: { readonly minimum: number; readonly maximum: number } | null
  readonly errors: FieldErrors<'code' | 'password' | 'repeated'>
}

/** `pages/recovery-codes`: shown once, after setting up. */
export interface RecoveryCodesView extends PageView {
  readonly codes: readonly string[]
  readonly username: string
  readonly next: string
}

/** The pages that stand between a right password and a session, the same at every face that has them. */
export interface SecondStepViews {
  readonly 'second-step': CodeStepView
  readonly 'second-step-setup': SetUpStepView
  readonly 'recovery-codes': RecoveryCodesView
}

/** A step with the token that carries it; a wrong code changes neither, so the token's time goes on. */
export interface CarriedStep {
  readonly token: string
  readonly step: SignInStep
}

/** The first time that somebody is asked for a code. */
export function carried(tokens: StepTokens, whose: string, step: SignInStep): CarriedStep {
  return { token: tokens.issue(whose, step), step }
}

/** The first time that somebody is led to a second factor: its secret rides in the token, and is stored when a code proves it. */
export function carriedSetUp(tokens: StepTokens, whose: string, step: SignInStep): CarriedStep {
  return carried(tokens, whose, { ...step, secret: newTotpSecret() })
}

/**
 * What a person sees who sets a second factor up.
 * @param issuer whose sign-in it is, as the app lists it
 */
export function setUpFacts(
  { token, step: { username, secret } }: CarriedStep,
  { issuer, language }: { issuer: string; language: Language },
): Pick<SetUpStepView, 'step' | 'qrSvg' | 'secret' | 'username'> {
  invariant(secret, 'who sets up has a secret')
  const uri = totpUri(secret, { issuer, label: username })
  const label = translator(language)('second_factor.qr')
  return { step: token, qrSvg: qrSvg(uri, { label }), secret: inGroups(secret), username }
}

/** The sentence for a wrong code; throws on what is something else. */
export function codeError(error: unknown, language: Language): { code: string } {
  if (!(error instanceof DomainError) || error.code !== 'second_factor.wrong') throw error
  return { code: faultText(error, language).detail }
}

/** In groups of four, as people copy secrets and recovery codes. */
export function inGroups(text: string): string {
  return text.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
