import { newTotpSecret } from '#core/totp.ts'
import { createOperator } from '#tenants/operators/accounts.ts'
import { createOperatorSessions } from '#tenants/operators/sessions.ts'
import { storeSettled } from '#tenants/operators/second-factor.ts'
import type { TestHouse } from './house.ts'
import { hiddenField, totpCode } from './second-factor.ts'

/** What an operator chose at the first sign-in. */
export const OPERATOR_PASSWORD = 'una frase tutta mia'

/** An operator whose first sign-in is done. */
export interface SettledOperator {
  readonly operatorId: string
  readonly username: string
  readonly name: string
  /** A code of the operator's telephone, of so many half minutes later. */
  code(stepsLater?: number): string
}

/** What tests of the installation's own door ask of a house. */
export function operatorsOf({ house, clock }: TestHouse) {
  const { services } = house
  const { db } = services
  let serial = 0

  /** An operator as a command makes one. */
  async function created() {
    const username = `gestore.${++serial}`
    const name = `Gilda ${serial}`
    return { username, name, ...(await createOperator(db, { username, name }, clock.now())) }
  }

  async function settled(): Promise<SettledOperator> {
    const { operatorId, username, name } = await created()
    const secret = newTotpSecret()
    await storeSettled(services, operatorId, { password: OPERATOR_PASSWORD, secret, step: 0n })
    return { operatorId, username, name, code: (later = 0) => totpCode(secret, clock.now(), later) }
  }

  /** What was written down by or about an operator, oldest first. */
  function logOf(operatorId: string) {
    return db
      .selectFrom('operator_audit_log')
      .select(['action', 'operator_id'])
      .where((where) =>
        where.or([where('operator_id', '=', operatorId), where('subject_id', '=', operatorId)]),
      )
      .orderBy('id')
      .execute()
  }

  return { created, settled, logOf }
}

/** An operator's browser without a browser: one session, redirects shown and not followed. Paths under `/gestione`. */
export async function operatorClient({ house, clock, url }: TestHouse, operatorId: string) {
  const token = await createOperatorSessions(house.services.db, clock).begin(operatorId)
  const headers = { cookie: `borsellino_gestione=${token}`, origin: url }
  const read = async (response: Response) => ({
    status: response.status,
    location: response.headers.get('location') ?? '',
    cookie: (response.headers.get('set-cookie') ?? '').split(';')[0]!,
    text: await response.text(),
  })
  const get = async (path: string) =>
    read(await fetch(`${url}/gestione${path}`, { headers, redirect: 'manual' }))
  return {
    cookie: headers.cookie,
    get,
    /** Posts a form with the token of the page on which it stands. */
    async post(path: string, fields: Record<string, string>, from: string) {
      const body = new URLSearchParams({ form: hiddenField((await get(from)).text, 'form'), ...fields })
      const options = { method: 'POST', headers, body, redirect: 'manual' } as const
      return read(await fetch(`${url}/gestione${path}`, options))
    },
  }
}
