import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Config } from '#core/config.ts'
import { isSecure } from '#pages/session-cookie.ts'
import type { OperatorContext } from './context.ts'

/** Over https browsers accept the name only for a secure cookie of this very host. */
const nameOf = (config: Config) => `${isSecure(config) ? '__Host-' : ''}borsellino_gestione`

/** The session's token, as the browser keeps it. */
export function operatorToken(context: OperatorContext, config: Config): string | undefined {
  return getCookie(context, nameOf(config))
}

/** Gives the browser a session; nothing from elsewhere may begin with it, not even a link. */
export function keepOperator(context: OperatorContext, config: Config, token: string): void {
  setCookie(context, nameOf(config), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure(config),
  })
}

/** Takes the session out of the browser. */
export function dropOperator(context: OperatorContext, config: Config): void {
  deleteCookie(context, nameOf(config), { path: '/', secure: isSecure(config) })
}
