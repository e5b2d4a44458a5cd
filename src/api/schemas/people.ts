import { z } from '@hono/zod-openapi'
import { LANGUAGES } from '#core/i18n.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { PASSWORD_LENGTH } from '#tenants/sign-in/passwords.ts'
import { activationCode, id, instant, line } from './fields.ts'
import { deviceName, method, sessionShape } from './sessions.ts'

/** A codice fiscale as people write it; its check character must be right. */
const personFiscalCode = line(24)
  .transform((text, check) => {
    const code = parseFiscalCode(text)
    if (code === undefined) check.addIssue({ code: 'custom', message: 'wrong fiscal code' })
    return code ?? null
  })
  .openapi({ description: 'Codice fiscale; spaces and small letters are taken too.' })

const personName = line(60).trim().min(1)

export const credentialsSchema = z
  .strictObject({
    activationCode,
    username: line(60).min(1),
    password: z.string().min(1).max(PASSWORD_LENGTH.maximum).openapi({ format: 'password' }),
    deviceName,
  })
  .openapi('Credentials')

export const passwordResetSchema = z
  .strictObject({
    activationCode,
    account: line(256)
      .trim()
      .min(1)
      .openapi({ description: 'A user name, or an address of e-mail that its owner has confirmed.' }),
  })
  .openapi('PasswordReset')

export const registrationSchema = z
  .strictObject({
    activationCode,
    firstName: personName,
    lastName: personName,
    email: z.email().max(256),
    fiscalCode: personFiscalCode.optional(),
    username: z
      .string()
      .trim()
      .min(3)
      .max(60)
      .regex(/^[\p{L}\p{N}._@+-]+$/u)
      // Said again for the document, which would carry the flag into the pattern.
      .openapi({ pattern: '^[\\p{L}\\p{N}._@+-]+$' }),
    password: z
      .string()
      .min(PASSWORD_LENGTH.minimum)
      .max(PASSWORD_LENGTH.maximum)
      .openapi({ format: 'password' }),
    privacyAccepted: z
      .literal(true)
      .openapi({ description: 'The parent has read the entity’s privacy notice.' }),
    deviceName,
  })
  .openapi('Registration')

export const registeredSchema = z.strictObject({ accountId: id, ...sessionShape }).openapi('Registered')

export const meSchema = z
  .strictObject({
    id,
    firstName: z.string().max(60),
    lastName: z.string().max(60),
    email: z.string().max(256).nullable(),
    language: z.enum(LANGUAGES),
    tenant: z.strictObject({ name: z.string().max(100), slug: z.string().max(40), activationCode }),
    session: z.strictObject({ method, expiresAt: instant }),
  })
  .openapi('Me')

export const childSchema = z
  .strictObject({
    firstName: personName,
    lastName: personName,
    fiscalCode: personFiscalCode.optional(),
    school: line(100).trim().min(1),
    className: line(40).trim().min(1),
    category: z
      .string()
      .max(20)
      .regex(/^[A-Z0-9_]{2,20}$/)
      .openapi({ example: 'REFEZIONE' }),
  })
  .openapi('NewChild')

export const enrolledSchema = z.strictObject({ childId: id, walletId: id }).openapi('EnrolledChild')

export const claimSchema = z
  .strictObject({
    code: line(40)
      .min(1)
      .openapi({ description: 'The code on the letter from the school.', example: 'ABCDE-23456' }),
  })
  .openapi('Claim')

export const claimedSchema = z.strictObject({ childId: id }).openapi('ClaimedChild')
