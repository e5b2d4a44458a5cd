// Takes the README's pictures from a running demonstration: `npm start` in one terminal, then `node scripts/screenshots.ts`.
import { launchBrowser } from '../test/support/browser.ts'

const address = process.env.PUBLIC_URL ?? 'http://localhost:3000'
const folder = 'docs/screenshots'

const browser = await launchBrowser()
try {
  const desk = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await signIn(desk)
  await desk.screenshot({ path: `${folder}/home.png` })
  await desk.goto(`${address}/cassano/ricarica`)
  await desk.screenshot({ path: `${folder}/ricarica.png` })
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await signIn(phone)
  await phone.screenshot({ path: `${folder}/home-phone.png` })
} finally {
  await browser.close()
}

async function signIn(page: Awaited<ReturnType<typeof browser.newPage>>): Promise<void> {
  await page.goto(`${address}/cassano/accedi?lang=it`)
  await page.fill('[name=username]', 'elena.ferrari')
  await page.fill('[name=password]', 'borsellino-demo')
  await page.press('[name=password]', 'Enter')
  await page.waitForURL(`${address}/cassano/`)
}
