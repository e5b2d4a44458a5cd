import type { Translate } from '#core/i18n.ts'
import type { SettingsView } from '../../src/backoffice/views/onboarding.ts'
import { badge, type OfficeExample } from './example-office.ts'

/** The rehearsal's page: half-way through, and before it has begun. */
export function exampleRehearsal(around: SettingsView, base: string, t: Translate): OfficeExample[] {
  return [
    {
      name: 'office-rehearsal',
      page: 'office/rehearsal',
      view: {
        ...around,
        isOn: true,
        begin: null,
        beginText: '',
        missing: [],
        isDone: true,
        family: { exists: true, username: 'famiglia.prova', password: 'prova-0123456789ab' },
        portalHref: '/x/',
        channels: [
          {
            id: 'psp-notice',
            label: 'Paga presso PSP',
            state: badge(t('onboarding.to_do'), 'open'),
            steps: (['opened', 'asked', 'paid', 'printed'] as const).map((step, place) => ({
              text: t(`rehearsal.step.psp-notice.${step}`),
              isDone: place === 0,
              mark: t(place === 0 ? 'onboarding.done' : 'onboarding.to_do'),
              href: place === 1 ? 'https://sandbox.example.org/sportello' : '',
              link: place === 1 ? t('rehearsal.open_sandbox') : '',
            })),
          },
        ],
        moneyNote: t('rehearsal.money'),
      },
    },
    {
      name: 'office-rehearsal-not-yet',
      page: 'office/rehearsal',
      view: {
        ...around,
        isOn: false,
        begin: `${base}/avvio/prova`,
        beginText: t('rehearsal.begin.text'),
        missing: [{ text: t('missing.creditor.iban'), href: `${base}/avvio/creditore` }],
        isDone: false,
        family: { exists: false, username: '', password: '' },
        portalHref: '/x/',
        channels: [],
        moneyNote: '',
      },
    },
  ]
}
