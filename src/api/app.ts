import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { DomainError } from '#core/errors.ts'
import type { Api, ApiEnv, ApiParts } from './context.ts'
import { readerRoutes } from './docs/reader.ts'
import { describeApi } from './document.ts'
import { identify } from './identify.ts'
import { limitRequests } from './limit.ts'
import { problem, refuseInvalid } from './problem.ts'
import { absenceRoutes } from './routes/absences.ts'
import { attendanceRecordRoutes } from './routes/attendance-records.ts'
import { attendanceRoutes } from './routes/attendance.ts'
import { familyRoutes } from './routes/family.ts'
import { invitationRoutes } from './routes/invitations.ts'
import { menuRoutes } from './routes/menus.ts'
import { noticeRoutes } from './routes/notices.ts'
import { passwordResetRoutes } from './routes/password-resets.ts'
import { ownSessionRoutes } from './routes/own-sessions.ts'
import { paymentRoutes } from './routes/payments.ts'
import { serviceRoutes } from './routes/service.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { tillRoutes } from './routes/till.ts'
import { topUpRoutes } from './routes/top-ups.ts'
import { walletRoutes } from './routes/wallets.ts'
import { refuseForeignOrigins, shelter } from './shelter.ts'

const BODY_MAX_BYTES = 64 * 1024

/** The API for mobile apps and for machines of the entities, to be mounted at `/api`: `/v1`, its document, and a page to read it. */
export function createApi(parts: ApiParts): Api {
  const { services } = parts
  const { PUBLIC_URL } = services.config
  const app = new OpenAPIHono<ApiEnv>()
  app.onError((error, context) => problem(services.log, context, error))
  app.use(
    shelter(PUBLIC_URL),
    identify(parts),
    limitRequests(services.clock),
    refuseForeignOrigins(PUBLIC_URL),
    bodyLimit({ maxSize: BODY_MAX_BYTES, onError: tooLarge }),
  )
  const v1 = versionOne(parts)
  const document = describeApi(v1, PUBLIC_URL)
  v1.get('/openapi.json', (context) => {
    context.header('cache-control', 'public, max-age=300')
    return context.json(document)
  })
  app.route('/v1', v1)
  readerRoutes(app, document)
  // Whatever comes here has found no route: the faces mounted after us must not answer for us.
  app.all('*', () => {
    throw new DomainError('resource.not_found')
  })
  return app
}

function versionOne(parts: ApiParts): Api {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
  const { attempts } = parts
  serviceRoutes(app, parts)
  sessionRoutes(app, parts, attempts)
  passwordResetRoutes(app, parts, attempts)
  ownSessionRoutes(app, parts)
  familyRoutes(app, parts, attempts)
  invitationRoutes(app, parts, attempts)
  walletRoutes(app, parts)
  menuRoutes(app, parts)
  topUpRoutes(app, parts)
  noticeRoutes(app, parts)
  paymentRoutes(app, parts)
  absenceRoutes(app, parts)
  attendanceRoutes(app, parts)
  attendanceRecordRoutes(app, parts)
  tillRoutes(app, parts)
  return app
}

function tooLarge(): never {
  throw new DomainError('request.too_large')
}
