import { exampleSchemes } from './example-identity.ts'
import type { Example, Frame } from './example-views.ts'

/** Forgotten passwords, addresses to confirm, and links that open nothing any more. */
export function examplePasswords(frame: Frame): readonly Example[] {
  const outside = frame(null, { signedOut: true })
  const forgotten = { ...outside, sent: false, minutes: 30, values: { account: '' }, errors: {} }
  const fresh = { ...outside, code: 'kX3q9vZ2', username: 'elena.ferrari', passwordMinimum: 10, errors: {} }
  const long = 'elena.maria.ferrari-colombo.di.cassano@posta-elettronica-molto-lunga.example.org'
  return [
    { name: 'password-forgotten', page: 'password-forgotten', view: forgotten },
    {
      name: 'password-forgotten-empty',
      page: 'password-forgotten',
      view: { ...forgotten, errors: { account: 'Scrivi il nome utente o l’indirizzo.' } },
    },
    { name: 'password-forgotten-sent', page: 'password-forgotten', view: { ...forgotten, sent: true } },
    { name: 'password-new', page: 'password-new', view: fresh },
    {
      name: 'password-new-common',
      page: 'password-new',
      view: { ...fresh, errors: { password: 'Questa password è tra le prime che si provano.' } },
    },
    { name: 'link-not-valid-password', page: 'link-not-valid', view: { ...outside, kind: 'password' } },
    { name: 'link-not-valid-email', page: 'link-not-valid', view: { ...frame(null), kind: 'email' } },
    {
      name: 'email-address',
      page: 'email-address',
      view: {
        ...frame(null),
        address: 'elena@example.org',
        confirmed: true,
        values: { email: '' },
        errors: {},
        alerts: [{ kind: 'success', text: 'Ti abbiamo scritto.' }],
      },
    },
    {
      name: 'email-address-unconfirmed',
      page: 'email-address',
      view: {
        ...frame(null),
        address: long,
        confirmed: false,
        values: { email: 'elena' },
        errors: { email: 'Scrivi un indirizzo come nome@esempio.it.' },
      },
    },
    { name: 'email-confirm', page: 'email-confirm', view: { ...outside, code: 'kX3q9vZ2', address: long } },
    { name: 'email-confirm-done', page: 'email-confirm', view: { ...outside, code: '', address: null } },
    {
      name: 'sign-in-password-over',
      page: 'sign-in',
      view: {
        ...outside,
        schemes: exampleSchemes,
        password: null,
        passwordEnds: null,
        passwordEndedOn: '2026-10-31',
        forApp: false,
        registrationOpen: false,
        values: { username: '' },
        errors: {},
        next: null,
      },
    },
  ]
}
