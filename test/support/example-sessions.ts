import { exampleSchemes } from './example-identity.ts'
import type { Example, Frame } from './example-views.ts'

/** Where a parent is signed in, and what an app's sign-in shows. */
export function exampleSessions(frame: Frame, base: string): readonly Example[] {
  const signIn = {
    ...frame(null, { signedOut: true }),
    schemes: exampleSchemes,
    password: { until: null },
    passwordEnds: null,
    passwordEndedOn: null,
    registrationOpen: true,
    values: { username: '' },
    errors: {},
    forApp: true,
    next: null,
  } as const
  const at = (day: string) => new Date(`2026-11-${day}:00Z`)
  const current = {
    id: 'session-1',
    device: 'Chrome su Android',
    isApp: false,
    method: 'spid',
    since: at('23T14:02'),
    lastUsedAt: at('23T14:30'),
    isCurrent: true,
  } as const
  const app = {
    id: 'session-2',
    device: 'App «telefono di Elena»',
    isApp: true,
    method: 'cie',
    since: at('02T07:15'),
    lastUsedAt: at('23T06:48'),
    isCurrent: false,
  } as const
  const other = {
    ...app,
    id: 'session-3',
    device: 'Samsung Internet su Android',
    method: 'password',
  } as const
  const profile = {
    ...frame(null),
    email: 'elena.ferrari@example.org',
    username: 'elena',
    method: 'spid',
  } as const
  return [
    { name: 'sign-in-for-app', page: 'sign-in', view: signIn },
    {
      name: 'app-confirm',
      page: 'app-confirm',
      view: { ...frame(null), returnsTo: `app.example.org${base}` },
    },
    { name: 'profile', page: 'profile', view: { ...profile, sessions: [current, app, other] } },
    {
      name: 'profile-alone',
      page: 'profile',
      view: {
        ...profile,
        email: null,
        username: null,
        sessions: [current],
        alerts: [{ kind: 'success', text: 'Gli altri accessi sono chiusi. Resta solo questo.' }],
      },
    },
  ]
}
