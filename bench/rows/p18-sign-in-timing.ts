import { newKey } from '#core/crypto.ts'
import { DomainError } from '#core/errors.ts'
import { policiesSchema } from '#core/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { createVault } from '#core/vault.ts'
import { registerGuardian } from '../../src/tenants/people/guardians.ts'
import { requestPasswordReset } from '../../src/tenants/sign-in/password-reset.ts'
import { checkCredentials } from '../../src/tenants/sign-in/sign-in.ts'
import type { Bench, Metric, Row } from '../row.ts'
import { median, milliseconds, roundsOf } from '../support/alternate.ts'
import type { BenchDatabase } from '../support/cluster.ts'
import { prepareModel } from '../support/population.ts'

const PEOPLE = 30
/** User names of people who have an account, and of people who have none, of the same length but for a letter. */
const KINDS = ['genitore', 'nessuno'] as const
type Kind = (typeof KINDS)[number]

/**
 * P18: how much the time of an answer tells of whether there is such an account: a wrong password, and the request for a
 * new one, of people who have an account and of people who have none. The slower over the faster, whichever it is.
 */
export const signInTiming: Row = {
  id: 'P18',
  title: 'sign-in of known users',
  anchor: 'of unknown ones',
  goal: { atMost: 1.1 },
  async measure(bench) {
    const database = await bench.cluster.createDatabase()
    try {
      const { tenant, vault } = await furnish(database, bench.smoke ? 3 : PEOPLE)
      await database.filler`vacuum analyze`
      await bench.cluster.settleDown()
      const clock = { now: () => new Date() }
      const services = { db: database.db, vault, clock, nudge: () => {} }
      const wrong = async (username: string) => {
        const guess = { username, password: 'certamente sbagliata' }
        const outcome = await checkCredentials(database.db, tenant, guess, 'portal', clock.now()).catch(
          (error: unknown) => error,
        )
        if (!(outcome instanceof DomainError) || outcome.code !== 'sign_in.wrong')
          throw new Error('a wrong password was not refused as one')
      }
      const forgotten = (username: string) => requestPasswordReset(services, tenant, username)
      return {
        metrics: [
          await compare(bench, 'a wrong password, known against unknown user', wrong, 24),
          await compare(bench, 'asking for a new password, known against unknown user', forgotten, 100),
        ],
      }
    } finally {
      await database.drop()
    }
  },
}

/**
 * Known and unknown in turns, call by call: the difference looked for is smaller than what another program on the machine
 * does to a slice. A round's ratio is that of its medians, and the row's the median of the rounds'.
 */
async function compare(
  bench: Bench,
  name: string,
  ask: (username: string) => Promise<void>,
  pairs: number,
): Promise<Metric> {
  const times: Record<Kind, number[]> = { genitore: [], nessuno: [] }
  const round = async (count: number) => {
    const own: Record<Kind, number[]> = { genitore: [], nessuno: [] }
    for (let pair = 0; pair < count; pair++) {
      bench.signal.throwIfAborted()
      for (const kind of pair % 2 === 0 ? KINDS : KINDS.toReversed()) {
        const started = performance.now()
        await ask(`${kind}.${pair % (bench.smoke ? 3 : PEOPLE)}`)
        own[kind].push(performance.now() - started)
      }
    }
    for (const kind of KINDS) times[kind].push(...own[kind])
    return median(own.genitore) / median(own.nessuno)
  }
  await round(bench.smoke ? 1 : 5)
  const ratios: number[] = []
  for (let count = 0; count < roundsOf(bench); count++) ratios.push(await round(bench.smoke ? 3 : pairs))
  const ratio = median(ratios)
  return {
    name,
    ratio: Math.max(ratio, 1 / ratio),
    goal: signInTiming.goal,
    ours: milliseconds(median(times.genitore)),
    anchor: milliseconds(median(times.nessuno)),
  }
}

/** An entity whose people were registered by the product itself. */
async function furnish(database: BenchDatabase, people: number) {
  const { db } = database
  const vault = createVault(db, newKey())
  const id = await prepareModel(database, vault)
  for (let number = 0; number < people; number++) {
    const name = { firstName: 'Genitore', lastName: 'Inventato', email: `genitore.${number}@example.org` }
    const person = { ...name, username: `genitore.${number}`, password: 'quattro gatti viola' }
    await registerGuardian(db, vault, id, { ...person, fiscalCode: null, language: 'it' }, new Date())
  }
  const tenant: Pick<Tenant, 'id' | 'policies'> = { id, policies: policiesSchema.parse({}) }
  return { tenant, vault }
}
