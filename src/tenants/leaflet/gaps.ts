import { translator, type Language } from '#core/i18n.ts'
import type { LeafletFacts } from './facts.ts'

/** What a leaflet leaves out, each with the reason: for the office, which can mend it. */
export function leafletGaps(facts: LeafletFacts, language: Language): string[] {
  const t = translator(language)
  const { tenant, identity, password, ways, closedWays, isOpen } = facts
  const { officeName, officeHours, phone, email } = tenant.branding
  const gap = (name: string, isThere: boolean) => (isThere ? [] : [t(`leaflet.office.gap.${name}`)])
  return [
    ...gap('pagopa_only', facts.pagopaOnly !== null),
    ...gap('ways', ways.length + closedWays.length > 0 || !isOpen),
    ...closedWays.map(({ channel, offer }) =>
      t('leaflet.office.gap.way', {
        channel: channel.label[language],
        reason: offer.offered ? '' : t(offer.because),
      }),
    ),
    ...gap(password.open ? 'identity' : 'sign_in', identity !== null),
    ...gap('office', officeName !== ''),
    ...gap('hours', officeHours !== ''),
    ...gap('reach', phone !== '' || email !== ''),
  ]
}
