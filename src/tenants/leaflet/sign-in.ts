import { addDays } from '#core/clock.ts'
import type { LeafletSection } from '#core/documents/leaflet-data.ts'
import { PASSWORD_LENGTH } from '../sign-in/passwords.ts'
import type { Pen } from './compose.ts'
import type { LeafletFacts } from './facts.ts'

/** How one enters: SPID, CIE, and until when a password. */
export function signInOf({ identity, password }: LeafletFacts, { t, day }: Pen): LeafletSection {
  const title = t('leaflet.sign_in.title')
  const { open, availableUntil: until } = password
  const name = identity && t(`leaflet.identity.${identity}`)
  if (!name)
    return {
      title,
      statements: !open
        ? [t('leaflet.sign_in.none')]
        : until === null
          ? [t('leaflet.sign_in.password_alone')]
          : [t('leaflet.sign_in.password_alone_until', { date: day(until) })],
    }
  return {
    title,
    statements: [
      t(`leaflet.sign_in.${identity}`),
      !open
        ? t('leaflet.sign_in.password_closed', { date: day(addDays(until!, 1)), identity: name })
        : until === null
          ? t('leaflet.sign_in.password_too')
          : t('leaflet.sign_in.password_until', { date: day(until), identity: name }),
    ],
  }
}

/** What is needed to register and to have one's children on the page; nothing where nobody can enter. */
export function firstTimeOf({ identity, password, tenant }: LeafletFacts, { t }: Pen) {
  if (!identity && !password.open) return undefined
  const name = identity && t(`leaflet.identity.${identity}`)
  const minimum = PASSWORD_LENGTH.minimum
  const statements = [
    ...(name ? [t('leaflet.first_time.identity', { identity: name })] : []),
    // Registration makes a password account: it closes with the password.
    ...(password.open
      ? [t(name ? 'leaflet.first_time.register_too' : 'leaflet.first_time.register', { count: minimum })]
      : []),
    ...(name
      ? [
          t(password.open ? 'leaflet.first_time.former_by_password' : 'leaflet.first_time.former_by_code', {
            identity: name,
          }),
        ]
      : []),
    t(tenant.policies.selfEnrolment ? 'leaflet.first_time.enrol' : 'leaflet.first_time.claim'),
    t('leaflet.first_time.code'),
  ]
  return { title: t('leaflet.first_time.title'), statements }
}
