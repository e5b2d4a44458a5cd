import { translator } from '#core/i18n.ts'
import { formFields } from '#pages/form.ts'
import { dropSession } from '#pages/session-cookie.ts'
import type { Alert } from '#pages/view.ts'
import { deviceText } from '#tenants/sign-in/device.ts'
import { usernameOf } from '#tenants/sign-in/sign-in.ts'
import type { SignedIn } from '#tenants/sign-in/sessions.ts'
import { baseOf, type PortalApp, type PortalContext, type PortalParts } from '../context.ts'
import { viewerOf } from '../form.ts'
import { frame, page } from '../frame.ts'
import type { ProfileView } from '../views/profile.ts'

/** What has just been done, as the address tells it, and its text. */
const DONE = new Map([
  ['sessione', 'portal.profile.ended'],
  ['altre', 'portal.profile.others_ended'],
])

/** Profilo e sicurezza: who one is here, and where one is signed in. */
export function profileRoutes(app: PortalApp, parts: PortalParts): void {
  const { services, sessions } = parts

  /** The parent of a posted form. */
  async function posted(context: PortalContext): Promise<SignedIn> {
    const viewer = viewerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, viewer.accountId)
    return viewer
  }
  const back = (context: PortalContext, done: 'sessione' | 'altre') =>
    context.redirect(`${baseOf(context.var.tenant)}/profilo?fatto=${done}`, 303)

  app.get('/:slug/profilo', async (context) => {
    const viewer = viewerOf(context)
    return page(parts, context, 'profile', await profileView(parts, context, viewer))
  })

  app.post('/:slug/profilo/sessioni/:id/chiudi', async (context) => {
    const viewer = await posted(context)
    await sessions.endOne(viewer, context.req.param('id'))
    return back(context, 'sessione')
  })

  app.post('/:slug/profilo/sessioni/chiudi-altre', async (context) => {
    const viewer = await posted(context)
    await sessions.endAll(viewer.tenantId, viewer.accountId, viewer.sessionId)
    return back(context, 'altre')
  })

  app.post('/:slug/profilo/esci-ovunque', async (context) => {
    const viewer = await posted(context)
    await sessions.endAll(viewer.tenantId, viewer.accountId)
    dropSession(context, 'portal', services.config)
    return context.redirect(`${baseOf(context.var.tenant)}/`, 303)
  })
}

async function profileView(
  parts: PortalParts,
  context: PortalContext,
  viewer: SignedIn,
): Promise<ProfileView> {
  const { services, sessions } = parts
  const t = translator(context.var.language)
  const done = DONE.get(context.req.query('fatto') ?? '')
  const alerts: Alert[] = done ? [{ kind: 'success', text: t(done) }] : []
  const own = await sessions.list(viewer)
  return {
    ...frame(parts, context, null, alerts),
    email: viewer.email,
    username: (await usernameOf(services.db, viewer.tenantId, viewer.accountId)) ?? null,
    method: viewer.method,
    sessions: own.map(({ id, face, device, method, since, lastUsedAt, isCurrent }) => ({
      id,
      device: deviceText(t, { face, device }),
      isApp: face === 'app',
      method,
      since,
      lastUsedAt,
      isCurrent,
    })),
  }
}
