import { describe, expect, test } from 'vitest'
import { REFUSAL_REASONS } from '#identity/refusal.ts'
import { goodResponse, signBoth } from './forge.ts'
import { SPID_ASSERTION_CASES } from './spid-assertion-cases.ts'
import { SPID_RESPONSE_CASES } from './spid-response-cases.ts'
import { judge, provider, registration, verdictOf } from './world.ts'

const SPID_CASES = [...SPID_RESPONSE_CASES, ...SPID_ASSERTION_CASES]

describe('SPID responses, by the public suite’s numbers', () => {
  test.each(SPID_CASES.map((one) => [one.number, one.name, one.verdict, one] as const))(
    '%s: %s → %s',
    async (_, __, verdict, { edit, signed = signBoth }) => {
      const outcome = await judge(signed(edit(goodResponse())))
      expect(verdictOf(outcome)).toBe(verdict)
      if (!outcome.accepted) {
        expect(outcome.status).toBe(403)
        expect(REFUSAL_REASONS).toContain(outcome.reason)
      }
    },
  )

  test('there are at least 110 of them, each with a number of its own', () => {
    expect(SPID_CASES.length).toBeGreaterThanOrEqual(110)
    expect(new Set(SPID_CASES.map(({ number }) => number)).size).toBe(SPID_CASES.length)
  })

  test('an accepted response tells who it is, for whom, and what to trace', async () => {
    expect(await judge(signBoth(goodResponse()))).toMatchObject({
      accepted: true,
      identity: {
        fiscalCode: 'RSSMRA80A41H501Y',
        firstName: 'Maria',
        lastName: 'Rossi',
        level: 2,
        scheme: 'spid',
        issuer: provider.entityId,
        assertionId: '_assertion',
        nameId: '_transient-name',
      },
      pending: { tenantId: registration.tenantId },
      trace: { responseId: '_response', assertionId: '_assertion', nameQualifier: provider.entityId },
    })
  })
})
