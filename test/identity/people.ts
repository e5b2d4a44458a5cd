import { checkCharacter } from '#core/fiscal-code.ts'
import type { Tenant } from '#core/tenant.ts'
import { registerGuardian } from '#tenants/people/guardians.ts'
import { TEST_FAMILY_PASSWORD } from '../support/house.ts'
import { goodCieResponse, goodResponse, signBoth } from './forge.ts'
import { browserOf, type Browser, type IdentityTestHouse } from './house.ts'

/** An invented adult; the place of birth does not exist. */
export interface Person {
  readonly name: string
  readonly familyName: string
  readonly fiscalCode: string
}

let serial = 0

/** Somebody new, born in 1980 unless told otherwise: `12` and the letter of the month for another year. */
export function somebody(born = '80A'): Person {
  const letters = `${++serial}`
    .padStart(6, '0')
    .split('')
    .map((digit) => 'ABCDEFGHIJ'[Number(digit)])
    .join('')
  const body = `${letters}${born}01Z999`
  return { name: 'Persona', familyName: `Inventata ${serial}`, fiscalCode: body + checkCharacter(body) }
}

/** Signs a person in through the real door; the answer is the forged provider's. */
export async function enter(
  world: IdentityTestHouse,
  tenant: Tenant,
  { name, familyName, fiscalCode }: Person,
  how: {
    scheme?: 'spid' | 'cie'
    face?: 'portal' | 'office'
    linkAccountId?: string
    next?: string
    browser?: Browser
  } = {},
) {
  const { scheme = 'spid', face = 'portal', linkAccountId = null, next, browser = browserOf(tenant) } = how
  const base = face === 'office' ? `/${tenant.slug}/ufficio/` : `/${tenant.slug}/`
  const request = await world.begin(tenant, { scheme }, { face, linkAccountId, next: next ?? base })
  const attributes = { name, familyName, fiscalNumber: `TINIT-${fiscalCode}` }
  const xml =
    scheme === 'cie'
      ? goodCieResponse(request)
          .replace('TINIT-RSSMRA80A41H501Y', attributes.fiscalNumber)
          .replace('>Maria<', `>${name}<`)
          .replace('>Rossi<', `>${familyName}<`)
      : goodResponse({ ...attributes, spidCode: 'TEST0' }, request)
  return world.answer(tenant, scheme, signBoth(xml), browser)
}

/** A guardian with user name, password "parola-di-prova", and one child. */
export async function passwordFamily(
  world: IdentityTestHouse,
  tenant: Tenant,
  known: { fiscalCode: string; proof: 'declared' | 'registry' } | undefined,
) {
  const family = await world.addFamily(tenant, 1)
  if (!known) return { ...family, childName: family.children[0]!.firstName }
  const username = `vecchio.${++serial}`
  const { db, vault } = world.house.services
  const accountId = await registerGuardian(
    db,
    vault,
    tenant.id,
    {
      firstName: 'Vecchio',
      lastName: 'Profilo',
      email: `${username}@example.org`,
      fiscalCode: known.fiscalCode,
      fiscalCodeProof: known.proof,
      username,
      password: TEST_FAMILY_PASSWORD,
      language: 'it',
    },
    world.clock.now(),
  )
  await world.database.owner
    .updateTable('guardianships')
    .set({ account_id: accountId })
    .where('tenant_id', '=', tenant.id)
    .where('account_id', '=', family.accountId)
    .execute()
  return { ...family, accountId, username, childName: family.children[0]!.firstName }
}
