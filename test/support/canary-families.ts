import { addDays, romeDate } from '#core/clock.ts'
import type { Tenant } from '#core/tenant.ts'
import { inTenant } from '#core/db/tenant.ts'
import { askForEnrolment } from '#tenants/people/enrolment-requests.ts'
import { answerEnrolment } from '#tenants/people/decide-enrolments.ts'
import { childrenImport } from '#tenants/imports/children.ts'
import { openCanteen } from './canteen-entity.ts'
import { csvOf, inventedCode } from './families-file.ts'
import type { TestHouse } from './house.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { importer } from './imports.ts'
import { hire, officeClient, type OfficeClient } from './office.ts'
import { paidThings } from './things.ts'
import { visitor, type Visitor } from './visitor.ts'

/** A family of which everything that can be written carries one word that nothing else has. */
export interface CanaryFamily {
  readonly tenant: Tenant
  readonly word: string
  readonly email: string
  readonly username: string
  readonly accountId: string
  readonly browser: Visitor
  /** Addresses under the entity that no page of theirs links: of the payment that was begun online, of a receipt's check. */
  readonly addresses: readonly string[]
  /** The fiscal code of the child that the office imports. */
  readonly importCode: string
  /** What nobody else may read: the word, fiscal codes, and the numbers of payments. Lower case. */
  readonly secrets: readonly string[]
}

export const CANARY_PASSWORD = 'quattro gatti viola'

let serial = 700

/** The same family in the portal's and the office's hands: registered, enrolled, asking, paying, corrected, merged. */
export async function canaryFamily(world: TestHouse, tenant: Tenant, word: string): Promise<CanaryFamily> {
  const Word = word[0]!.toUpperCase() + word.slice(1)
  const number = ++serial
  const codes = [inventedCode(number, 'F'), inventedCode(number, 'G'), inventedCode(number, 'M')] as const
  const base = `/${tenant.slug}`
  const email = `${word}@example.org`
  const registered = await visitor(world).send(`${base}/registrati`, `${base}/registrati`, {
    firstName: 'Rosa',
    lastName: Word,
    email,
    fiscalCode: codes[2],
    username: `${word}.rosa`,
    password: CANARY_PASSWORD,
    consent: 'yes',
  })
  const cookie = registered.headers.get('set-cookie')!.split(';')[0]!
  const browser = visitor(world, cookie)
  const today = romeDate(world.clock.now())
  const { classId } = await openCanteen(world, tenant, [], today, '1ª A')
  const child = { lastName: Word, school: 'Primaria Dante', className: '1ª A' }
  const enrolled = { lastName: Word, class: classId, category: 'REFEZIONE' }
  await sent(browser, `${base}/iscrizioni`, {
    ...enrolled,
    firstName: 'Nina',
    fiscalCode: codes[0],
  })
  await sent(browser, `${base}/iscrizioni`, {
    ...enrolled,
    firstName: 'Doppia',
    fiscalCode: '',
  })
  await sent(browser, `${base}/iscrizioni/richiesta`, {
    ...child,
    firstName: 'Terzo',
    fiscalCode: codes[1],
    note: `${Word} chiede`,
  })
  const rows = await inTenant(world.house.services.db, tenant.id, (tx) =>
    tx
      .selectFrom('children as c')
      .innerJoin('wallets as w', (join) =>
        join.onRef('w.tenant_id', '=', 'c.tenant_id').onRef('w.child_id', '=', 'c.id'),
      )
      .innerJoin('guardianships as g', (join) =>
        join.onRef('g.tenant_id', '=', 'c.tenant_id').onRef('g.child_id', '=', 'c.id'),
      )
      .select(['c.id', 'c.first_name', 'w.id as walletId', 'g.account_id as accountId'])
      .where('c.tenant_id', '=', tenant.id)
      .where('c.last_name', '=', Word)
      .execute(),
  )
  const [nina, double] = ['Nina', 'Doppia'].map((name) => rows.find((row) => row.first_name === name)!)
  const { accountId } = nina!
  const own = { accountId, children: [{ childId: nina!.id, walletId: nina!.walletId, firstName: 'Nina' }] }
  const paid = await paidThings(world, tenant, own)
  await sent(
    browser,
    `${base}/avvisi/${paid.topUpId}/email`,
    { email: `nonna.${email}` },
    `${base}/avvisi/${paid.topUpId}`,
  )
  await sent(browser, `${base}/inviti`, {
    child: nina!.id,
    label: `Zia ${Word}`,
    until: addDays(today, 60),
    email: `zia.${email}`,
  })
  await sent(browser, `${base}/assenze`, {
    figlio: nina!.id,
    servizio: 'REFEZIONE',
    giorno: addDays(today, 1),
    azione: 'assente',
  })
  await sent(visitor(world), `${base}/password-dimenticata`, { account: `${word}.rosa` })
  const place = { ...child, firstName: 'Quarta', fiscalCode: null, category: 'REFEZIONE' }
  const asked = await askForEnrolment(world.house.services, tenant, accountId, place)
  const clerk = await officeClient(world, tenant)
  await answerEnrolment(world.house.services, tenant, clerk.accountId, asked, {
    kind: 'documents',
    text: `Serve il certificato di ${Word}`,
  })
  await officeWork(clerk, { childId: nina!.id, walletId: nina!.walletId, twinId: double!.id }, Word, today)
  const { notices, code } = await numbersOf(world, tenant, nina!.walletId, paid.receiptId)
  const importCode = inventedCode(number, 'P')
  const secrets = [word, ...codes, importCode, ...notices].map((one) => one.toLowerCase())
  const addresses = [`/carrelli/${paid.cartId}`, `/verifica/${code}`]
  return { tenant, word, email, username: `${word}.rosa`, accountId, browser, addresses, importCode, secrets }
}

/**
 * Two files of an entity's office with the rows of several families, one taken in and one wrong.
 * @returns the import that was taken in
 */
export async function canaryImports(world: TestHouse, families: readonly CanaryFamily[]): Promise<string> {
  const { tenant } = families[0]!
  const { accountId } = await hire(world, tenant, 'clerk')
  const { check, run } = importer(world.house.services, childrenImport, tenant, accountId)
  const head = ['Cognome alunno', 'Nome alunno', 'Codice fiscale alunno', 'Scuola', 'Classe', 'Tariffa']
  const row = ({ word }: CanaryFamily, name: string, code: string) => {
    return [word, name, code, 'Primaria Dante', '2ª A', '4,90']
  }
  const options = { schoolYear: schoolYearOf(romeDate(world.clock.now())), createSchools: true }
  const right = families.map((family) => row(family, 'Importata', family.importCode))
  const { id } = await run(await check(csvOf([head, ...right]), options))
  const wrong = families.map((family) => row(family, 'Sbagliata', `${family.word}X`))
  await check(csvOf([head, ...wrong]), options)
  return id
}

/** The numbers of a wallet's notices, and the code by which anybody who holds the copy checks a receipt. */
function numbersOf({ house }: TestHouse, { id }: Tenant, walletId: string, receiptId: string) {
  return inTenant(house.services.db, id, async (tx) => {
    const topUps = await tx
      .selectFrom('top_ups')
      .select('notice_number')
      .where('tenant_id', '=', id)
      .where('wallet_id', '=', walletId)
      .execute()
    const { verification_code } = await tx
      .selectFrom('receipt_copies')
      .select('verification_code')
      .where('tenant_id', '=', id)
      .where('receipt_id', '=', receiptId)
      .executeTakeFirstOrThrow()
    return { notices: topUps.map(({ notice_number }) => notice_number), code: verification_code! }
  })
}

/** What the office does for a child, with the family's word wherever something is typed. */
async function officeWork(
  office: OfficeClient,
  { childId, walletId, twinId }: { childId: string; walletId: string; twinId: string },
  Word: string,
  today: string,
): Promise<void> {
  const child = `/alunni/${childId}`
  const wallet = `${child}/crediti/${walletId}`
  const acts: [page: string, path: string, fields: Record<string, string>][] = [
    [
      `${child}/tariffa`,
      `${child}/esenzioni`,
      {
        category: 'REFEZIONE',
        percent: '50',
        from: today,
        until: addDays(today, 30),
        reason: `Caso ${Word}`,
      },
    ],
    [
      `${child}/dieta`,
      `${child}/dieta`,
      {
        tipo: 'nut-free',
        dal: today,
        al: addDays(today, 30),
        certificato: '',
        nota: `Certificato di ${Word}`,
      },
    ],
    [
      `${wallet}/correzione`,
      `${wallet}/correzione`,
      { direction: 'add', amount: '3,00', reason: `Errore di ${Word}` },
    ],
    [
      `${wallet}/correzione`,
      `${wallet}/correzione`,
      { direction: 'add', amount: '900,00', reason: `Saldo di ${Word}` },
    ],
    [
      `${wallet}/versamento`,
      `${wallet}/versamento`,
      { amount: '5,00', way: 'other', paidOn: today, slip: `${Word} 1`, note: `Portato da ${Word}` },
    ],
    [`${child}/unisci?con=${twinId}`, `${child}/unisci/conferma`, { other: twinId }],
  ]
  for (const [page, path, fields] of acts) {
    const answer = await office.post(path, { form: await office.formOf(page), ...fields })
    if (answer.status !== 303) throw new Error(`${path}: HTTP ${answer.status}\n${wordsOf(answer.text)}`)
  }
}

/** Sends a form of the portal, which must be taken. */
async function sent(
  browser: Visitor,
  path: string,
  fields: Record<string, string>,
  from = path,
): Promise<void> {
  const answer = await browser.send(from, path, fields)
  if (answer.status !== 303) throw new Error(`${path}: HTTP ${answer.status}\n${wordsOf(answer.text)}`)
}

/** What a page says that refuses a form. */
function wordsOf(html: string): string {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? html
  return main
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 600)
}
