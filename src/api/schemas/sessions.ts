import { z } from '@hono/zod-openapi'
import { invariant } from '#core/errors.ts'
import type { Translate } from '#core/i18n.ts'
import type { AppSession } from '#tenants/sign-in/app-sessions.ts'
import { deviceText } from '#tenants/sign-in/device.ts'
import type { OwnSession } from '#tenants/sign-in/sessions.ts'
import { id, instant, line } from './fields.ts'

/** How a session began. */
export const method = z.enum(['password', 'spid', 'cie'])

/** What the owner calls the phone. */
export const deviceName = line(60).trim().min(1).optional().openapi({
  description: 'How the parent knows the phone again in the list of sessions.',
  example: 'telefono di Elena',
})

const refreshToken = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[!-~]+$/)

export const sessionShape = {
  token: z
    .string()
    .max(200)
    .openapi({ description: 'Sent with every personal request: `Authorization: Bearer …`.' }),
  expiresAt: instant.openapi({ description: 'When `token` ends: after an hour, whether it is used or not.' }),
  refreshToken: z.string().max(200).openapi({
    description: 'Brings the next session, once. Kept where the system keeps secrets.',
  }),
  refreshExpiresAt: instant.openapi({
    description: 'When `refreshToken` ends: after 60 days, and at most a year after the sign-in.',
  }),
}

export const sessionSchema = z.strictObject(sessionShape).openapi('Session')

export const refreshSchema = z.strictObject({ refreshToken }).openapi('Refresh')

export const exchangeSchema = z
  .strictObject({
    code: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[!-~]+$/)
      .openapi({ description: 'The `code` of the address at which the browser came back.' }),
    codeVerifier: z
      .string()
      .min(43)
      .max(128)
      .regex(/^[A-Za-z0-9._~-]+$/)
      .openapi({ description: 'The secret whose S256 was the challenge (RFC 7636).' }),
    redirectUri: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[!-~]+$/)
      .openapi({ description: 'The same as in the address that opened the browser.' }),
    deviceName,
  })
  .openapi('CodeExchange')

const ownSessionSchema = z
  .strictObject({
    id,
    kind: z.enum(['browser', 'app']),
    device: z.string().max(100).openapi({ example: 'App «telefono di Elena»' }),
    method,
    since: instant,
    lastUsedAt: instant.openapi({ description: 'To within a few minutes.' }),
    current: z.boolean().openapi({ description: 'Whether this is the session that asks.' }),
  })
  .openapi('OwnSession')

export const ownSessionsSchema = z
  .strictObject({ items: z.array(ownSessionSchema).min(0).max(1000) })
  .openapi('OwnSessions')

/** A session as its app gets it. */
export function sessionView(session: AppSession): z.infer<typeof sessionSchema> {
  const { token, expiresAt, refreshToken: next, refreshExpiresAt } = session
  return {
    token,
    expiresAt: expiresAt.toISOString(),
    refreshToken: next,
    refreshExpiresAt: refreshExpiresAt.toISOString(),
  }
}

/** A place where the parent is signed in. */
export function ownSessionView(session: OwnSession, t: Translate): z.infer<typeof ownSessionSchema> {
  invariant(session.method !== 'support', 'an operator helps in offices alone')
  return {
    id: session.id,
    kind: session.face === 'app' ? 'app' : 'browser',
    device: deviceText(t, session),
    method: session.method,
    since: session.since.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    current: session.isCurrent,
  }
}
