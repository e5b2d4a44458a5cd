import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, startOfRomeDay, type RomeDate } from '#core/clock.ts'
import { statementsOf } from '#core/documents/leaflet-data.ts'
import { loadCatalogue, LANGUAGES, type Language } from '#core/i18n.ts'
import { leafletGaps } from '#tenants/leaflet/gaps.ts'
import { CHANNEL_IDS, leafletCase, leafletOf, LONGEST, type LeafletCase } from './support/leaflet.ts'

// A leaflet may say nothing that is not so. What it must say is worked out here from the entity's choices alone, by other
// means than the leaflet's own, and its sentences are recognised by the catalogue.

/** Each message of the leaflet as what it looks like once it is filled; an article before a day may be elided. */
const patterns = new Map(
  LANGUAGES.map((language) => [
    language,
    [...loadCatalogue(language)]
      .filter(([key]) => key.startsWith('leaflet.') && !key.startsWith('leaflet.office'))
      .map(([key, message]) => {
        const parts = message.split(/\{\w+\}/).map((part) => {
          const bare = part.replace(/al $/, '')
          return RegExp.escape(bare) + (bare === part ? '' : 'al(?: |l’)')
        })
        return [key, new RegExp(`(^|[.:] )${parts.join('.+')}( |$)`)] as const
      }),
  ]),
)

/** The keys whose sentence stands on the sheet. */
function saidBy(change: LeafletCase, language: Language): Set<string> {
  const text = statementsOf(leafletOf(change, language))
  const said = patterns.get(language)!.filter(([, pattern]) => text.some((one) => pattern.test(one)))
  return new Set(said.map(([key]) => key))
}

const today = '2026-11-28'
const dayNear = fc.integer({ min: -400, max: 400 }).map((days): RomeDate => addDays(today, days))
const textOrNone = (text: string) => fc.constantFrom('', text)

const anyCase = fc.record({
  now: fc
    .constantFrom('2026-11-28T10:00:00Z', '2026-11-27T23:00:00Z', '2026-11-28T22:59:59Z')
    .map((at) => new Date(at)),
  state: fc.constantFrom('draft', 'rehearsal', 'live', 'suspended'),
  channels: fc.subarray([...CHANNEL_IDS]),
  hasService: fc.boolean(),
  schemes: fc.subarray(['spid', 'cie']),
  hasApp: fc.boolean(),
  policies: fc.record({
    pagopaOnlyFrom: fc.oneof(dayNear, fc.constantFrom(null, today, addDays(today, 1))),
    passwordLoginUntil: fc.oneof(dayNear, fc.constantFrom(null, today, addDays(today, -1))),
    receiptCopyDelayDays: fc.integer({ min: 0, max: 5 }),
    selfEnrolment: fc.boolean(),
    latePaymentAllowed: fc.boolean(),
    noticeValidityDays: fc.constantFrom(1, 30),
    maximumCents: fc.constantFrom(500, 50_000),
  }),
  branding: fc.record({
    officeName: textOrNone('Ufficio Scuola'),
    officeHours: textOrNone('lun–ven 9–12'),
    phone: textOrNone('0331 000000'),
    email: textOrNone('scuola@example.it'),
    address: textOrNone('Via Prova 1'),
    website: textOrNone('https://example.it'),
  }),
}) satisfies fc.Arbitrary<LeafletCase>
type AnyCase = typeof anyCase extends fc.Arbitrary<infer Case> ? Case : never

/** Every key that may stand on a sheet or not, with the truth about it. */
function truth({
  state,
  channels,
  hasService,
  schemes,
  hasApp,
  policies,
  branding,
}: AnyCase): Record<string, boolean> {
  const { pagopaOnlyFrom: only, passwordLoginUntil: until, receiptCopyDelayDays: delay } = policies
  const open = state !== 'suspended'
  const offers = (id: string) =>
    open && channels.includes(id as never) && (id !== 'puntolis-qr' || hasService)
  const online = offers('pagopa-online')
  const notice = offers('psp-notice')
  const code = offers('puntolis-qr')
  const ways = online || notice || code
  const identity = schemes.length > 0
  const password = until === null || until >= today
  const app = password || (identity && hasApp)
  const contacts = Object.values(branding).some((value) => value !== '')
  const both = schemes.length === 2
  return {
    'status.not_open': state === 'draft' || state === 'rehearsal',
    'status.suspended': !open,
    'pagopa.from': ways && only !== null && only > today,
    'pagopa.before': ways && only !== null && only > today,
    'pagopa.since': ways && only !== null && only <= today,
    'portal.text': ways,
    'portal.text_no_ways': !ways,
    'activation.title': app || open,
    'activation.app': app,
    'activation.site': open && !app,
    'activation.site_too': open && app,
    'sign_in.spid_cie': both,
    'sign_in.spid': schemes.join() === 'spid',
    'sign_in.cie': schemes.join() === 'cie',
    'sign_in.password_too': identity && until === null,
    'sign_in.password_until': identity && until !== null && password,
    'sign_in.password_closed': identity && !password,
    'sign_in.password_alone': !identity && until === null,
    'sign_in.password_alone_until': !identity && until !== null && password,
    'sign_in.none': !identity && !password,
    'ways.none': open && !ways,
    'ways.suspended': !open,
    'ways.amount': ways && policies.maximumCents === 500,
    'ways.amounts': ways && policies.maximumCents !== 500,
    'channel.pagopa-online.press': online,
    'channel.psp-notice.pay': notice,
    'channel.psp-notice.days': notice && !policies.latePaymentAllowed && policies.noticeValidityDays > 1,
    'channel.psp-notice.days_one':
      notice && !policies.latePaymentAllowed && policies.noticeValidityDays === 1,
    'channel.puntolis-qr.show': code,
    'first_time.title': identity || password,
    'first_time.identity': identity,
    'first_time.register': password && !identity,
    'first_time.register_too': password && identity,
    'first_time.former_by_password': identity && password,
    'first_time.former_by_code': identity && !password,
    'first_time.enrol': (identity || password) && policies.selfEnrolment,
    'first_time.claim': (identity || password) && !policies.selfEnrolment,
    'receipts.credit': ways,
    'receipts.same_day': delay === 0,
    'receipts.after_one': delay === 1,
    'receipts.after': delay > 1,
    'help.text': contacts,
    'help.text_unknown': !contacts,
    'help.hours': branding.officeHours !== '',
    'help.phone': branding.phone !== '',
    'help.email': branding.email !== '',
    'help.website': branding.website !== '',
  }
}

describe('whatever an entity has chosen', () => {
  test.each(LANGUAGES)(
    'every sentence of its leaflet in %s is true, and every true one stands there',
    (language) => {
      fc.assert(
        fc.property(anyCase, (change) => {
          const said = saidBy(change, language)
          const wanted = truth(change)
          const found = Object.fromEntries(
            Object.keys(wanted).map((key) => [key, said.has(`leaflet.${key}`)]),
          )
          expect(found).toEqual(wanted)
        }),
        { numRuns: 300 },
      )
    },
  )

  test('no sheet holds an empty statement, a place that nothing filled, or a message’s key', () => {
    fc.assert(
      fc.property(anyCase, fc.constantFrom(...LANGUAGES), (change, language) => {
        const statements = statementsOf(leafletOf(change, language))
        expect(
          statements.filter((one) => one.trim() === '' || /[{}]|undefined|null|NaN|leaflet\./.test(one)),
        ).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  test('what the office is told to be missing is missing, and nothing else', () => {
    fc.assert(
      fc.property(anyCase, (change) => {
        const gaps = leafletGaps(leafletCase(change), 'it').join('\n')
        const password = change.policies.passwordLoginUntil
        const open = password === null || password >= today
        const lacks = (text: string) => gaps.includes(text)
        expect(lacks('solo con pagoPA')).toBe(change.policies.pagopaOnlyFrom === null)
        expect(lacks('nessun canale')).toBe(change.channels.length === 0 && change.state !== 'suspended')
        expect(lacks('dal tabaccaio')).toBe(change.channels.includes('puntolis-qr') && !change.hasService)
        expect(lacks('L’accesso con SPID')).toBe(change.schemes.length === 0 && open)
        expect(lacks('Come si entra')).toBe(change.schemes.length === 0 && !open)
        expect(lacks('Gli orari')).toBe(change.branding.officeHours === '')
        expect(lacks('Un telefono')).toBe(change.branding.phone === '' && change.branding.email === '')
      }),
      { numRuns: 100 },
    )
  })
})

test('at midnight in Rome, and not an instant earlier, tomorrow’s rules are today’s', () => {
  const midnight = startOfRomeDay('2027-01-08')
  const sheet = (now: Date) =>
    saidBy({ now, policies: { pagopaOnlyFrom: '2027-01-08', passwordLoginUntil: '2027-01-07' } }, 'it')
  const before = sheet(new Date(midnight.getTime() - 1))
  expect(before.has('leaflet.pagopa.from')).toBe(true)
  expect(before.has('leaflet.sign_in.password_until')).toBe(true)
  const after = sheet(midnight)
  expect(after.has('leaflet.pagopa.since')).toBe(true)
  expect(after.has('leaflet.sign_in.password_closed')).toBe(true)
})

test('Italian elides the article before the eighth and the eleventh, and writes the first as an ordinal', () => {
  const lead = (pagopaOnlyFrom: string) => leafletOf({ policies: { pagopaOnlyFrom } }, 'it').lead
  expect(lead('2027-01-08')).toMatch(/^Dall’8 gennaio 2027 .* Fino al 7 gennaio 2027/)
  expect(lead('2027-03-12')).toMatch(/^Dal 12 marzo 2027 .* Fino all’11 marzo 2027/)
  expect(lead('2022-04-01')).toBe('Le ricariche si pagano solo con pagoPA, dal 1° aprile 2022.')
})

test('pages and buttons are called as they are on screen', () => {
  const { ways } = leafletOf({}, 'it')
  expect(ways.items[0]!.steps.join(' ')).toContain('«Ricarica»')
  expect(ways.items.slice(0, 2).map(({ title, steps }) => steps.join(' ').includes(`«${title}»`))).toEqual([
    true,
    true,
  ])
})

test('a telephone link dials one number, or is none', () => {
  const phoneOf = (phone: string) =>
    leafletOf({ branding: { phone } }, 'it').help.contacts.find(({ value }) => value === phone)!.href
  expect(phoneOf('+39 0331-000.000')).toBe('tel:+390331000000')
  expect(phoneOf(LONGEST.branding!.phone!)).toBeUndefined()
})
