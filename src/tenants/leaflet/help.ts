import type { LeafletContact, LeafletDocument } from '#core/documents/leaflet-data.ts'
import type { Pen } from './compose.ts'
import type { LeafletFacts } from './facts.ts'

/** The link that dials a number; none where more than one number stands there. */
function dialled(phone: string): string | undefined {
  return /^\+?[\d\s./-]+$/.test(phone) ? `tel:${phone.replace(/[^\d+]/g, '')}` : undefined
}

/** Whom to ask: what the entity has told of its office, and no empty line. */
export function helpOf({ tenant }: LeafletFacts, { t }: Pen): LeafletDocument['help'] {
  const { officeName, officeHours, phone, email, address, website } = tenant.branding
  const site = website === '' ? undefined : new URL(website)
  const told: [key: string, value: string, href?: string | undefined][] = [
    ['office', officeName],
    ['hours', officeHours],
    ['phone', phone, dialled(phone)],
    ['email', email, `mailto:${email}`],
    ['address', address],
    ['website', site ? site.host + site.pathname.replace(/\/$/, '') : '', website],
  ]
  const contacts = told
    .filter(([, value]) => value !== '')
    .map(([key, value, href]): LeafletContact => ({
      label: t(`leaflet.help.${key}`),
      value,
      ...(href && { href }),
    }))
  return {
    title: t('leaflet.help.title'),
    text: t(contacts.length > 0 ? 'leaflet.help.text' : 'leaflet.help.text_unknown', { name: tenant.name }),
    contacts,
  }
}
