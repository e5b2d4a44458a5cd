import type { Hono, MiddlewareHandler } from 'hono'
import type { PageContext, PageEnv, PageParts } from '#pages/context.ts'

/** What the login face is given. */
export type LoginParts = PageParts

export type LoginContext = PageContext
export type LoginApp = Hono<PageEnv>
export type PageMiddleware = readonly MiddlewareHandler<PageEnv>[]
