import { translator, type Language } from '#core/i18n.ts'
import { fieldsOf, type SettingsSection } from '#tenants/onboarding/sections.ts'
import { STEPS, type Step } from '#tenants/onboarding/preflight.ts'
import { fieldView } from '../../src/backoffice/pages/onboarding/form-view.ts'
import type { SettingsField, SettingsView } from '../../src/backoffice/views/onboarding.ts'
import { exampleRehearsal } from './example-rehearsal.ts'
import { badge, type OfficeExample, type OfficeFrame } from './example-office.ts'

const VALUES: Readonly<Record<string, string>> = {
  name: 'Comune di Borgo Sereno sul Fiume Immaginario',
  phone: '06 0000000',
  website: 'https://www.comune.borgosereno.example/servizi/scuola/mensa-scolastica',
  passwordLoginUntil: '2027-01-31',
  minimumCents: '5,00',
  maximumCents: '500,00',
  suggestedCents: '25,00; 50,00; 100,00',
  staffIdentitySignIn: 'si',
  iban: 'IT60 X054 2811 1010 0000 0123 456',
  primaryColor: '#ffd54f',
  initials: 'BS',
  languages: 'it en',
}

/** The checklist and the pages of the settings: empty, filled, wrong, and changed by somebody else meanwhile. */
export function exampleOnboarding(frame: OfficeFrame, base: string, language: Language): OfficeExample[] {
  const t = translator(language)
  const around = (step: Step, errors: Readonly<Record<string, string>> = {}): SettingsView => ({
    ...frame('settings'),
    parentHref: `${base}/avvio`,
    parentLabel: t('onboarding.title'),
    title: t(`onboarding.step.${step}`),
    lead: t(`onboarding.step.${step}.lead`),
    next: t(`onboarding.step.${step}.next`),
    errors,
  })
  const fields = (section: SettingsSection, errors: Readonly<Record<string, string>> = {}): SettingsField[] =>
    fieldsOf(section).map((field) => fieldView(field, VALUES[field.name] ?? '', errors[field.name], language))
  const panel = (section: SettingsSection, id: string, errors?: Readonly<Record<string, string>>) => ({
    id,
    title: t(`onboarding.panel.${section}.${id}`),
    text: t(`onboarding.panel.${section}.${id}.text`),
    fields: fields(section, errors),
    facts: [],
  })
  const form = { version: 'v', conflict: [], effects: null, shown: '', previews: false }
  const steps = (Object.keys(STEPS) as Step[]).map((step, place) => ({
    title: t(`onboarding.step.${step}`),
    text: t(`onboarding.step.${step}.short`),
    href: base + STEPS[step],
    isDone: place % 3 !== 1,
    state:
      place % 3 === 1
        ? badge(t('onboarding.to_do'), 'open')
        : badge(t(place % 3 === 0 ? 'onboarding.done' : 'onboarding.done_advice'), 'paid'),
    missing: place % 3 === 1 ? [t('missing.links.privacy'), t('missing.links.report')] : [],
  }))
  const onward = (which: 'begin' | 'end') => ({
    title: t(`rehearsal.${which}.title`),
    text: t(`rehearsal.${which}.text`),
    action: `${base}/avvio/prova`,
    button: t(`rehearsal.${which}.button`),
    ready: true,
    missing: [],
    confirm: '',
  })
  const wrongIban = { iban: t('onboarding.problem.iban') }
  return [
    {
      name: 'office-onboarding',
      page: 'office/onboarding',
      view: {
        ...frame('settings'),
        title: t('onboarding.title'),
        lead: t('onboarding.lead'),
        state: badge(t('onboarding.state.draft'), 'open'),
        isOnTheWay: true,
        firstThings: [],
        done: 7,
        total: steps.length,
        steps,
        nextStep: steps[1]!,
        onward: {
          ...onward('begin'),
          ready: false,
          missing: [{ text: t('missing.creditor.iban'), href: `${base}/avvio/creditore` }],
        },
      },
    },
    {
      name: 'office-settings-contacts',
      page: 'office/settings-form',
      view: {
        ...around('contacts'),
        ...form,
        action: `${base}/avvio/contatti`,
        panels: [panel('contacts', 'entity')],
        conflict: [
          { label: t('onboarding.field.phone'), current: '06 1111111', typed: '06 0000000' },
          { label: t('onboarding.field.email'), current: '', typed: 'scuola@comune.borgosereno.example' },
        ],
      },
    },
    {
      name: 'office-settings-texts',
      page: 'office/settings-form',
      view: {
        ...around('texts'),
        ...form,
        action: `${base}/avvio/testi`,
        panels: [panel('texts', 'service')],
      },
    },
    {
      name: 'office-settings-creditor',
      page: 'office/settings-form',
      view: {
        ...around('creditor', wrongIban),
        ...form,
        action: `${base}/avvio/creditore`,
        panels: [
          {
            id: 'routing',
            title: t('onboarding.panel.creditor.routing'),
            text: t('onboarding.fixed'),
            fields: [],
            facts: [
              { label: t('onboarding.field.creditorFiscalCode'), value: '77777777777' },
              { label: t('onboarding.field.stationId'), value: '77777777777_01' },
            ],
          },
          panel('creditor', 'account', wrongIban),
        ],
      },
    },
    {
      name: 'office-settings-policies',
      page: 'office/settings-form',
      view: {
        ...around('policies'),
        ...form,
        action: `${base}/avvio/regole`,
        previews: true,
        shown: 's',
        panels: [panel('policies', 'dates')],
        effects: [
          {
            text: t('onboarding.effect.password_until', { accounts: 312, unlinked: 41, day: '31/01/2027' }),
            warns: true,
          },
          { text: t('onboarding.effect.notice_days', { open: 18, days: 45 }), warns: false },
        ],
      },
    },
    {
      name: 'office-appearance',
      page: 'office/appearance',
      view: {
        ...around('appearance', { file: t('onboarding.logo.problem.drawing_scripts') }),
        version: 'v',
        fields: fields('appearance'),
        preview: {
          sheetHref: '/theme/cassano.css',
          colour: '#ffd54f',
          onWhite: '1,4',
          darker: '#8a6d00',
          serviceName: 'Mensa scolastica',
          initials: 'BS',
        },
        hasLogo: true,
        logoHref: 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/%3E',
        conflict: [],
      },
    },
    {
      name: 'office-categories',
      page: 'office/categories',
      view: {
        ...around('services'),
        action: `${base}/avvio/servizi`,
        version: 'v',
        conflict: true,
        categories: [
          {
            code: 'REFEZIONE',
            title: 'Mensa scolastica',
            open: true,
            isNew: false,
            fields: fields('texts')
              .slice(0, 1)
              .map((field) => ({ ...field, name: 'label-REFEZIONE' })),
          },
          { code: 'nuovo', title: t('onboarding.categories.new'), open: false, isNew: true, fields: [] },
        ],
      },
    },
    {
      name: 'office-channels',
      page: 'office/channels',
      view: {
        ...around('channels'),
        channels: [
          {
            label: 'Paga online',
            note: 'Carta, conto o app, subito',
            icon: 'it-card',
            href: `${base}/avvio/canali/pagopa-online`,
            state: badge(t('onboarding.channels.open'), 'paid'),
            because: '',
            remedy: '',
          },
          {
            label: 'Codice QR dal tabaccaio',
            note: 'Mostra il codice di tuo figlio e scegli quanto versare',
            icon: 'qr-code',
            href: `${base}/avvio/canali/puntolis-qr`,
            state: badge(t('onboarding.channels.not_offered'), 'open'),
            because: t('channel.puntolis-qr.no_service'),
            remedy: t('channel.puntolis-qr.no_service.remedy'),
          },
        ],
      },
    },
    ...exampleRehearsal(around('rehearsal'), base, t),
    {
      name: 'office-onboarding-ready',
      page: 'office/onboarding',
      view: {
        ...frame('settings'),
        title: t('onboarding.title'),
        lead: t('onboarding.lead'),
        state: badge(t('onboarding.state.rehearsal'), 'open'),
        isOnTheWay: false,
        firstThings: [
          { label: t('office.nav.tariffs'), text: t('onboarding.first.tariffs'), href: `${base}/tariffe` },
        ],
        done: 1,
        total: 1,
        steps: steps.slice(0, 1),
        nextStep: null,
        onward: { ...onward('end'), confirm: t('rehearsal.end.confirm') },
      },
    },
    {
      name: 'office-identity-state',
      page: 'office/identity-state',
      view: {
        ...around('identity'),
        schemes: (['active', 'none'] as const).map((state, place) => ({
          id: place === 0 ? 'spid' : 'cie',
          label: place === 0 ? 'SPID' : 'CIE',
          state: badge(t(`onboarding.identity.state.${state}`), state === 'active' ? 'paid' : 'open'),
          text: t(`onboarding.identity.text.${state}`),
          next: t(`onboarding.identity.next.${state}`),
          facts:
            state === 'active'
              ? [
                  {
                    label: t('onboarding.identity.entity_id'),
                    value: 'https://mensa.example.it/pub-ag-full/c_h501',
                  },
                ]
              : [],
        })),
        password: {
          state: badge(t('onboarding.identity.open'), 'paid'),
          text: t('onboarding.identity.password.until', { day: '31/01/2027' }),
        },
        rulesHref: `${base}/avvio/regole`,
      },
    },
  ]
}
