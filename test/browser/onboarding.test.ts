import { expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { openTestHouse } from '../support/house.ts'
import { operatorsOf } from '../support/operators.ts'
import {
  beginRehearsal,
  enterAsOperator,
  followChecklist,
  goLive,
  inviteEntity,
  joinByLetter,
  NEWCOMER,
  payAtSimulatedCounter,
  waitForRehearsal,
} from './coming-aboard.ts'
import { walkThroughCheckout } from './outside.ts'
import { Parent } from './parent.ts'
import { Walk, type Count } from './walk.ts'
import { openBrowser } from './world.ts'

const house = await openTestHouse()
const browser = await launchBrowser()
const world = { ...house, browser } as unknown as Parameters<typeof openBrowser>[0]
const { name, slug } = NEWCOMER
const entity = { name, slug, activationCode: '', parent: undefined }
const olga = { username: 'olga.inventata', password: 'una frase tutta di Olga' }

const complaints: string[][] = []

/** A person with a browser of their own; `isAtDesk` is one with a wide screen. */
async function somebody(isAtDesk: boolean): Promise<Walk> {
  const opened = await openBrowser(world, isAtDesk ? { viewport: { width: 1280, height: 900 } } : {})
  opened.context.setDefaultTimeout(20_000)
  complaints.push(opened.complaints)
  return new Walk(await opened.context.newPage())
}

function tell(...people: readonly Walk[]): string {
  const sum = (what: keyof Count) => people.reduce((total, { count }) => total + count[what], 0)
  return `${sum('steps')} steps, ${sum('entries')} fields, ${sum('pages')} pages`
}

test('an entity comes aboard by the pages alone: an operator’s invitation, the checklist, a rehearsal with paid top-ups, and real money', async () => {
  const began = performance.now()
  const operator = await somebody(true)
  await enterAsOperator(operator, house, await operatorsOf(house).created())
  await inviteEntity(operator)

  const administrator = await somebody(true)
  await joinByLetter(administrator, house)
  await followChecklist(administrator)
  const pretended = await beginRehearsal(administrator)

  // The family of the rehearsal is the administrator too, in the window that the page opens.
  const family = await administrator.followOut('Apri le pagine delle famiglie')
  await family.follow('Accedi')
  await family.fill('Nome utente', pretended.username)
  await family.fill('Password', pretended.password)
  await family.press('Accedi con password')
  await family.sees(/^Buon/)
  await family.follow(/^Ricarica/)
  await family.fill('Altro importo', '20')
  await family.press(/^PAGA ONLINE/)
  await walkThroughCheckout(family.page, 'pay')
  // E-mail, method, PSP, confirmation.
  administrator.count.steps += 4
  await family.sees(/^Pagamento/)
  const toFirstTopUp = tell(operator, administrator)

  // A mother who heard of it early registers, and pays what she can hold in her hand.
  const mother = await somebody(false)
  const parent = new Parent(mother.page, house.url, entity)
  await parent.register(olga)
  await parent.enrol({ firstName: 'Nina', lastName: 'Inventata', className: '2ª A' })
  await parent.chooseTopUp('Nina', '30')
  await parent.payAtPsp()
  await parent.sees('Informazioni utili')
  const noticeNumber = (await parent.fact('Codice avviso')).replaceAll(/\D/g, '')
  const counter = await administrator.followOut('Apri il simulatore')
  await payAtSimulatedCounter(counter, noticeNumber)
  await parent.seesCredit('Nina', 3_000)
  expect(await parent.payments()).toHaveLength(1)

  await waitForRehearsal(administrator)
  await goLive(administrator)
  const toRealMoney = tell(operator, administrator)
  await operator.open(`${house.url}/gestione/enti/${slug}`)
  await operator.reads('Attivo')

  // The money was pretended: gone. The mother, her child and her password are not.
  expect(await parent.creditOf('Nina')).toBe(0)
  expect(await parent.payments()).toEqual([])
  await mother.page.getByText('nessun pagamento è reale').waitFor({ state: 'detached' })
  await family.page.goto(`${house.url}/${slug}/accedi`)
  await family.fill('Nome utente', pretended.username)
  await family.fill('Password', pretended.password)
  await family.press('Accedi con password')
  await family.reads('Il nome utente o la password non corrispondono')

  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(
    `onboarding: ${toFirstTopUp} to the first paid top-up of the rehearsal; ` +
      `${toRealMoney} to real money; ${seconds} s in all`,
  )
  expect(complaints.flat()).toEqual([])
  await browser.close()
}, 180_000)
