// Takes the README's pictures from a running demonstration. `npm start` in one terminal, then in another
// `npm run cli -- demo --children 400`, so that the office has a town to show, and `node scripts/screenshots.ts`.
import { romeDate } from '../src/core/clock.ts'
import { DEMO_PASSWORD, demoEntities } from '../src/local/demo/entities.ts'
import { isCanteenDay } from '../src/local/demo/town/calendar.ts'
import { launchBrowser } from '../test/support/browser.ts'
import { totpCode } from '../test/support/second-factor.ts'

const address = process.env.PUBLIC_URL ?? 'http://localhost:3000'
const folder = 'docs/screenshots'
const office = `${address}/cassano/ufficio`
const DESK = { width: 1280, height: 800 }
const [cassano] = demoEntities(romeDate(new Date()))

const browser = await launchBrowser()
try {
  const desk = await browser.newPage({ viewport: DESK })
  await signIn(desk)
  await desk.screenshot({ path: `${folder}/home.png` })
  await desk.goto(`${address}/cassano/ricarica`)
  await desk.screenshot({ path: `${folder}/ricarica.png` })
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await signIn(phone)
  await phone.screenshot({ path: `${folder}/home-phone.png` })

  // As high as the charts reach.
  const clerk = await browser.newPage({ viewport: { ...DESK, height: 1_290 } })
  await signInToOffice(clerk)
  await clerk.screenshot({ path: `${folder}/office-overview.png` })
  await clerk.setViewportSize(DESK)
  await clerk.goto(`${office}/presenze?giorno=${lastCanteenDay()}`)
  await clerk.getByRole('link', { name: /^3ª/ }).first().click()
  await clerk.waitForLoadState()
  await clerk.screenshot({ path: `${folder}/office-attendance.png` })
  await openChild(clerk)
  await clerk.screenshot({ path: `${folder}/office-child.png` })
} finally {
  await browser.close()
}

type Page = Awaited<ReturnType<typeof browser.newPage>>

async function signIn(page: Page): Promise<void> {
  await page.goto(`${address}/cassano/accedi?lang=it`)
  await page.fill('[name=username]', cassano!.guardian.username)
  await page.fill('[name=password]', DEMO_PASSWORD)
  await page.press('[name=password]', 'Enter')
  await page.waitForURL(`${address}/cassano/`)
}

async function signInToOffice(page: Page): Promise<void> {
  const { username, totpSecret } = cassano!.staff
  await page.goto(`${office}/accedi?lang=it`)
  await page.fill('[name=username]', username)
  await page.fill('[name=password]', DEMO_PASSWORD)
  await page.press('[name=password]', 'Enter')
  await page.fill('[name=code]', totpCode(totpSecret))
  await page.press('[name=code]', 'Enter')
  await page.waitForURL(`${office}/`)
}

/** The day before today on which the town's canteen cooked last. */
function lastCanteenDay(): string {
  for (let daysAgo = 1; ; daysAgo++) {
    const day = romeDate(new Date(Date.now() - daysAgo * 86_400_000))
    if (isCanteenDay(day)) return day
  }
}

/** A child whose credit is about to end: from its credit to all that the office has of it. */
async function openChild(page: Page): Promise<void> {
  await page.goto(`${office}/credito-basso`)
  await page.locator('main tbody a').last().click()
  await page.locator('nav.breadcrumb-container a, main ol.breadcrumb a').last().click()
  await page.waitForLoadState()
}
