import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { createStepTokens } from '#pages/step-token.ts'
import type { Tenant } from '#core/tenant.ts'
import { door } from './support/door.ts'
import { openTestHouse } from './support/house.ts'
import { hire, officeClient, TEST_STAFF_PASSWORD, withPhone } from './support/office.ts'
import { hiddenField, shownSecret, totpCode } from './support/second-factor.ts'

const world = await openTestHouse()
const { house, url, clock } = world
const { db } = house.services

const officeDoor = (tenant: Tenant) => door(url, `/${tenant.slug}/ufficio`)

/** A clerk with a telephone, whose password has been accepted: what is asked for is the code. */
async function halfway(given?: Tenant) {
  const tenant = given ?? (await world.addTenant())
  const person = await hire(world, tenant, 'clerk')
  const secret = await withPhone(world, tenant, person.accountId)
  const office = officeDoor(tenant)
  const asked = await office.password(person.username, TEST_STAFF_PASSWORD)
  const step = hiddenField(asked.text, 'step')
  const code = (stepsLater = 0) => totpCode(secret, clock.now(), stepsLater)
  return { tenant, office, asked, step, code, secret, ...person }
}

/** The entity's log: action, actor's kind and subject, oldest first. */
function logOf(tenant: Tenant) {
  return inTenant(db, tenant.id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'actor_kind', 'actor_id', 'subject_id', 'details'])
      .where('tenant_id', '=', tenant.id)
      .orderBy('id')
      .execute(),
  )
}

describe('the code', () => {
  test('is asked for after the password, which alone opens nothing', async () => {
    const { tenant, office, asked } = await halfway()
    expect([asked.status, asked.flags]).toEqual([200, ''])
    expect((await office.open('/', '')).status).toBe(303)
    const sessions = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('sessions').select('id').where('tenant_id', '=', tenant.id).execute(),
    )
    expect(sessions).toEqual([])
  })

  test('opens the office at the page that was wanted, with a session that a password began', async () => {
    const { tenant, office, username, code, accountId } = await halfway()
    const wanted = `/${tenant.slug}/ufficio/pagamenti?stato=paid`
    const asked = await office.password(username, TEST_STAFF_PASSWORD, wanted)
    const entered = await office.code(hiddenField(asked.text, 'step'), code())
    expect([entered.status, entered.location]).toEqual([303, wanted])
    expect((await office.open('/pagamenti', entered.cookie)).status).toBe(200)
    const begun = (await logOf(tenant)).find(({ action }) => action === 'sign_in.succeeded')
    expect(begun).toMatchObject({ actor_id: accountId, details: { face: 'office', method: 'password' } })
  })

  test('counts once: not again, not an earlier one after a later one, and not for two at the same time', async () => {
    const { office, step, code } = await halfway()
    const now = code()
    expect((await office.code(step, now)).status).toBe(303)
    expect((await office.code(step, now)).status).toBe(401)
    const next = await Promise.all([1, 2, 3, 4].map(() => office.code(step, code(1))))
    expect(next.map(({ status }) => `${status}`).toSorted()).toEqual(['303', '401', '401', '401'])
    expect((await office.code(step, code(-1))).status).toBe(401)
  })

  test('may be of the step before or after, for a telephone whose clock is wrong, and of no other', async () => {
    for (const steps of [-1, 0, 1]) {
      const { office, step, code } = await halfway()
      expect([steps, (await office.code(step, code(steps))).status]).toEqual([steps, 303])
    }
    for (const steps of [-4, -3, 3, 4]) {
      const { office, step, code } = await halfway()
      expect([steps, (await office.code(step, code(steps))).status]).toEqual([steps, 401])
    }
  })

  test('may be typed in two groups; anything else than a code is a wrong one', async () => {
    const { office, step, code } = await halfway()
    for (const text of ['', 'abcdef', '12345', '1234567', 'x'.repeat(19)])
      expect([text, (await office.code(step, text)).status]).toEqual([text, 401])
    expect((await office.code(step, code().replace(/(...)/, '$1 '))).status).toBe(303)
  })

  test('wrong ones are slowed to ten a minute, wherever they come from, and written down', async () => {
    clock.toNextMinute()
    const { tenant, office, username, step, code, accountId } = await halfway()
    const wrong = code(9)
    const statuses = []
    for (let n = 0; n < 10; n++) statuses.push((await office.code(step, wrong)).status)
    expect(new Set(statuses)).toEqual(new Set([401]))
    // A second sign-in of the same person has no more guesses.
    const again = await office.password(username, TEST_STAFF_PASSWORD)
    expect((await office.code(hiddenField(again.text, 'step'), code())).status).toBe(429)
    const refused = (await logOf(tenant)).filter(({ action }) => action === 'sign_in.refused')
    expect(refused).toHaveLength(10)
    expect(refused[0]).toMatchObject({ actor_kind: 'nobody', actor_id: null, subject_id: accountId })
    clock.toNextMinute()
    expect((await office.code(step, code())).status).toBe(303)
  })

  test('after a hundred wrong ones in a row no code is taken any more', async () => {
    const { tenant, office, step, code, accountId } = await halfway()
    const wrongCodes = (wrong_codes: number) =>
      inTenant(db, tenant.id, (tx) =>
        tx
          .updateTable('second_factors')
          .set({ wrong_codes })
          .where('tenant_id', '=', tenant.id)
          .where('account_id', '=', accountId)
          .execute(),
      )
    await wrongCodes(99)
    expect((await office.code(step, code(9))).status).toBe(401)
    const locked = await office.code(step, code())
    expect([locked.status, locked.text.includes('Troppi codici sbagliati')]).toEqual([403, true])
    await wrongCodes(99)
    expect((await office.code(step, code())).status).toBe(303)
    expect((await office.code(step, code(9))).status).toBe(401)
  })
})

describe('what the browser carries between the steps', () => {
  test('is worth nothing after five minutes, changed, or without our key', async () => {
    const { office, step, code } = await halfway()
    const changed = step.slice(0, -2) + (step.endsWith('AA') ? 'BB' : 'AA')
    const step9 = { accountId: 'x', username: 'x', next: '/x/ufficio/' }
    const foreign = createStepTokens(Buffer.alloc(32, 7), clock).issue('x', step9)
    for (const token of ['', 'x', changed, foreign, step.slice(0, 40)])
      expect((await office.code(token, code())).status).toBe(409)
    clock.forwardDays(5.1 / 1440)
    expect((await office.code(step, code())).status).toBe(409)
  })

  test('names one account of one entity: the code of another, or the door of another, does not go with it', async () => {
    const [one, other] = [await halfway(), await halfway()]
    const colleague = await halfway(one.tenant)
    expect((await one.office.code(colleague.step, one.code())).status).toBe(401)
    expect((await one.office.code(other.step, other.code())).status).toBe(409)
    expect((await other.office.code(one.step, one.code())).status).toBe(409)
    expect((await one.office.code(colleague.step, colleague.code())).status).toBe(303)
  })

  test('tells the browser nothing: neither name nor secret can be read in it', async () => {
    const { step, accountId, username } = await halfway()
    const bytes = Buffer.from(step, 'base64url').toString('latin1')
    expect(bytes).not.toContain(accountId)
    expect(bytes).not.toContain(username)
  })

  test('sets no second factor up for who has one already', async () => {
    const { office, step, code, tenant, username, accountId } = await halfway()
    expect((await office.setUp(step, code())).location).toBe(`/${tenant.slug}/ufficio/accedi`)
    const tokens = createStepTokens(world.config.MASTER_KEY, clock)
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    const forged = tokens.issue(tenant.id, { accountId, username, next: '/', secret })
    expect((await office.setUp(forged, totpCode(secret, clock.now()))).status).toBe(409)
  })
})

describe('setting up', () => {
  test('comes before every page of the office, and ends with ten recovery codes', async () => {
    const tenant = await world.addTenant()
    const { username, accountId } = await hire(world, tenant, 'accountant')
    const office = officeDoor(tenant)
    const asked = await office.password(username, TEST_STAFF_PASSWORD)
    expect([asked.status, asked.flags]).toEqual([200, ''])
    expect(asked.text).toContain('secret-key')
    const step = hiddenField(asked.text, 'step')
    const secret = shownSecret(asked.text)
    const wrong = await office.setUp(step, totpCode(secret, clock.now(), 9))
    expect([wrong.status, wrong.flags, shownSecret(wrong.text)]).toEqual([401, '', secret])
    const done = await office.setUp(step, totpCode(secret, clock.now()))
    expect(done.status).toBe(200)
    expect(recoveryCodesOf(done.text)).toHaveLength(10)
    expect((await office.open('/', done.cookie)).status).toBe(200)
    const log = await logOf(tenant)
    expect(log.map(({ action }) => action)).toEqual(['second_factor.set_up', 'sign_in.succeeded'])
    expect(log[0]).toMatchObject({ actor_id: accountId, subject_id: accountId })
    const again = await office.password(username, TEST_STAFF_PASSWORD)
    expect(again.text).not.toContain('secret-key')
    // The code that proved the telephone is used up.
    const used = await office.code(hiddenField(again.text, 'step'), totpCode(secret, clock.now()))
    expect(used.status).toBe(401)
    const next = await office.code(hiddenField(again.text, 'step'), totpCode(secret, clock.now(), 1))
    expect(next.status).toBe(303)
  })

  test('keeps neither secret nor recovery codes readable, and another entity’s row is out of reach', async () => {
    const tenant = await world.addTenant()
    const { username } = await hire(world, tenant, 'clerk')
    const office = officeDoor(tenant)
    const asked = await office.password(username, TEST_STAFF_PASSWORD)
    const secret = shownSecret(asked.text)
    const done = await office.setUp(hiddenField(asked.text, 'step'), totpCode(secret, clock.now()))
    const [row] = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('second_factors').selectAll().where('tenant_id', '=', tenant.id).execute(),
    )
    expect(row!.secret_sealed.toString('latin1')).not.toContain(secret)
    const kept = await inTenant(db, tenant.id, (tx) =>
      tx.selectFrom('recovery_codes').selectAll().where('tenant_id', '=', tenant.id).execute(),
    )
    for (const code of recoveryCodesOf(done.text))
      expect(kept.map(({ code_hash }) => code_hash.toString('latin1'))).not.toContain(code)
    const other = await world.addTenant()
    const seen = await inTenant(db, other.id, (tx) => tx.selectFrom('second_factors').selectAll().execute())
    expect(seen).toEqual([])
  })
})

describe('a recovery code', () => {
  test('opens the office once, in groups or not, and for its owner alone', async () => {
    const tenant = await world.addTenant()
    const { username, accountId } = await hire(world, tenant, 'clerk')
    const office = officeDoor(tenant)
    const asked = await office.password(username, TEST_STAFF_PASSWORD)
    const secret = shownSecret(asked.text)
    const done = await office.setUp(hiddenField(asked.text, 'step'), totpCode(secret, clock.now()))
    const [first, second] = recoveryCodesOf(done.text)
    const again = await office.password(username, TEST_STAFF_PASSWORD)
    const step = hiddenField(again.text, 'step')
    const colleague = await halfway(tenant)
    expect((await office.code(colleague.step, first!)).status).toBe(401)
    const twice = await Promise.all([office.code(step, first!), office.code(step, first!)])
    expect(twice.map(({ status }) => `${status}`).toSorted()).toEqual(['303', '401'])
    expect((await office.code(step, second!.replaceAll(' ', ''))).status).toBe(303)
    const used = (await logOf(tenant)).filter(({ action }) => action === 'second_factor.recovery_used')
    expect(used.map(({ actor_id, details }) => [actor_id, details])).toEqual([
      [accountId, { left: 9 }],
      [accountId, { left: 8 }],
    ])
  })
})

describe('a reset by an administrator', () => {
  test('ends the person’s sessions and codes, and leads them through setting up again', async () => {
    const { tenant, office, step, code, accountId, username } = await halfway()
    const entered = await office.code(step, code())
    const boss = await officeClient(world, tenant, 'administrator')
    const form = await boss.formOf(`/personale/${accountId}/secondo-fattore`)
    const path = `/personale/${accountId}/secondo-fattore`
    const reset = await boss.post(path, { form })
    expect([reset.status, reset.location]).toEqual([303, `/${tenant.slug}/ufficio/personale?fatto=azzerato`])
    expect((await office.open('/', entered.cookie)).status).toBe(303)
    // What was asked before it opens nothing any more.
    expect((await office.code(step, code(1))).status).toBe(409)
    expect((await office.password(username, TEST_STAFF_PASSWORD)).text).toContain('secret-key')
    const line = (await logOf(tenant)).find(({ action }) => action === 'second_factor.reset')
    expect(line).toMatchObject({
      actor_id: boss.accountId,
      subject_id: accountId,
      details: { sessions_ended: 1 },
    })
    expect((await boss.get(path)).status).toBe(404)
    expect((await boss.post(path, { form: await boss.formOf('/personale') })).status).toBe(404)
  })

  test('shows the list with who has a second factor, and nobody of another entity', async () => {
    const { tenant, name } = await halfway()
    const elsewhere = await halfway()
    const boss = await officeClient(world, tenant, 'administrator')
    const { text } = await boss.get('/personale')
    expect(text).toContain(name)
    expect(text).toContain('Da attivare al prossimo accesso')
    expect(text).not.toContain(elsewhere.name)
    expect((await boss.get(`/personale/${elsewhere.accountId}/secondo-fattore`)).status).toBe(404)
  })
})

function recoveryCodesOf(html: string): string[] {
  return [...html.matchAll(/<li class="code">([\d ]+)<\/li>/g)].map(([, code]) => code!)
}
