import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '#core/i18n.ts'
import { loadTemplates } from '#core/templates.ts'
import { loadAssets, officeAssets } from '#pages/assets.ts'
import { faultsOfAccessibility } from './support/accessibility.ts'
import { launchBrowser } from './support/browser.ts'
import { exampleOffice } from './support/example-office.ts'
import { exampleOperator } from './support/example-operator.ts'
import { exampleTenants, exampleViews } from './support/example-views.ts'
import { serveLook } from './support/look-server.ts'
import { shapeOf } from './support/page-shape.ts'

execFileSync(process.execPath, ['scripts/build-assets.ts'])
const templates = loadTemplates()
const assets = loadAssets()

/** Every example page of both entities, each in Italian and English, by the path it is served at. */
const examples = exampleTenants.flatMap((entity) =>
  LANGUAGES.flatMap((language) =>
    [
      ...exampleViews(entity, language, assets),
      ...exampleOffice(entity, language, officeAssets(assets)),
      ...exampleOperator(language, officeAssets(assets)),
    ].map(({ name, page, view }) => ({
      place: `/${entity.slug}/${language}/`,
      template: page as string,
      path: `/${entity.slug}/${language}/${name}`,
      html: templates.render(`pages/${page}`, view, language),
    })),
  ),
)
const pages = new Map(examples.map(({ path, html }) => [path, html]))

describe.each([...pages])('%s', (path, html) => {
  test('is one whole page: balanced, one heading, unique ids, its language told, nothing inline', () => {
    expect(unbalanced(html)).toEqual([])
    expect(html.match(/<h1\b/g)).toHaveLength(1)
    expect(html).toContain(`<html lang="${path.split('/')[2]}">`)
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toEqual([...new Set(ids)])
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=|<style|<script(?! type="module" src=)|javascript:/)
    expect(html.replaceAll(/value="[^"]*"/g, '')).not.toMatch(
      /\b(portal|office|operator|imports|second_factor|audit|email|fault)\.[a-z_]+\.?[a-z_]*\b|\[object|undefined|\bnull\b|NaN/,
    )
  })

  test('posts its form token with every form that changes something', () => {
    const forms = html.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? []
    // What goes to an identity provider is none of ours to check.
    const ours = forms.filter((form) => !form.includes('action="https://'))
    expect(ours.filter((form) => !form.includes('name="form" value="form-token-of-an-example"'))).toEqual([])
  })
})

/** The hours of the examples' offices, as they lie in footers and on leaflets. */
const OFFICE_HOURS = /lun–ven 9–12|lunedì, mercoledì e venerdì dalle 9[^<]+17\.30/g

/** Days of the week as each language writes them, whole and short. */
const weekdays = new Map(
  LANGUAGES.map((language) => {
    const names = (['long', 'short'] as const).flatMap((weekday) => {
      const format = new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' })
      return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2026, 10, 23 + day)))
    })
    return [language, new RegExp(`(?<!\\p{L})(?:${names.join('|')})(?!\\p{L})`, 'u')]
  }),
)

test('an example names the days of the week in its own language alone', () => {
  const foreign = [...pages].flatMap(([path, html]) =>
    [...weekdays]
      .filter(([language]) => language !== path.split('/')[2])
      .flatMap(([, names]) => {
        // An office's hours are its own words, which nobody translates.
        const found = names.exec(html.replaceAll(/<[^>]*>/g, ' ').replaceAll(OFFICE_HOURS, ''))
        return found ? [`${path}: ${found[0]}`] : []
      }),
  )
  expect(foreign).toEqual([])
})

describe('the sheet', () => {
  const css = readFileSync(join('public', assets.css), 'utf8')

  test('weighs at most 15 KB for families and 20 KB for staff, the script at most 2 KB, compressed', () => {
    expect(statSync(join('public', `${assets.css}.br`)).size).toBeLessThan(15 * 1024)
    expect(statSync(join('public', `${assets.officeCss}.br`)).size).toBeLessThan(20 * 1024)
    expect(statSync(join('public', `${assets.script}.br`)).size).toBeLessThan(2 * 1024)
  })

  test('tells the version of bootstrap-italia, as the public validators ask', () => {
    expect(css).toMatch(/--bootstrap-italia-version: ?'2\.\d+\.\d+'/)
  })

  test('at least 30 of 100 classes on the pages are bootstrap-italia’s', () => {
    const italia = readFileSync('node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css', 'utf8')
    const known = new Set([...italia.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name))
    for (const [path, html] of pages) {
      const classes = [
        ...new Set([...html.matchAll(/class="([^"]+)"/g)].flatMap(([, names]) => names!.split(/\s+/))),
      ]
      const share = classes.filter((name) => known.has(name)).length / classes.length
      expect(share, path).toBeGreaterThanOrEqual(0.3)
    }
  })

  test('leaves no blue of its own: the entity’s colour is everywhere', () => {
    const withoutDefault = css.replace(/--tenant-primary:#06c/, '')
    expect(withoutDefault).not.toMatch(/#06c\b|hsl\(210, ?100%, ?40%\)/)
  })

  test('names only the fonts that public sites may use', () => {
    const families = [...css.matchAll(/@font-face\{font-family:'([^']+)'/g)].map(([, family]) => family)
    expect(new Set(families)).toEqual(new Set(['Titillium Web', 'Roboto Mono']))
  })
})

/** The examples of a place that a browser can stay on: a page on the way to a provider leaves by itself. */
function restingAt(place: string) {
  return examples.filter((one) => one.place === place && !one.html.includes('data-auto-submit'))
}

/** Of a place, the example of each template that says most. */
function fullestAt(place: string) {
  const fullest = new Map<string, (typeof examples)[number]>()
  for (const one of restingAt(place))
    if (one.html.length > (fullest.get(one.template)?.html.length ?? 0)) fullest.set(one.template, one)
  return [...fullest.values()]
}

describe('in a browser', () => {
  let browser: Browser
  let server: Awaited<ReturnType<typeof serveLook>>
  beforeAll(async () => {
    server = await serveLook(pages)
    browser = await launchBrowser()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    server.close()
  })

  // Every example on a telephone, and every template once more in all that can differ: entity, language and width.
  const onPhone = restingAt('/cassano/it/')
  const onDesk = fullestAt('/valdorata/en/')
  const isOfOffice = ({ path }: { path: string }) => path.includes('/office-')
  test.each([
    ['on a telephone, for families', 360, onPhone.filter((one) => !isOfOffice(one))],
    ['on a telephone, for the office', 360, onPhone.filter(isOfOffice)],
    ['on a wide screen', 1280, onDesk],
  ] as const)(
    'no page has a fault of accessibility, of size, or anything that the policy refuses, %s',
    async (_, width, shown) => {
      expect(shown.length).toBeGreaterThan(20)
      const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      const faults: string[] = []
      // An example of which everything stands in the same place of one that the checker has seen tells it nothing new.
      const seen = new Map<string, Set<string>>()
      for (const { path, template, html } of shown) {
        await page.goto(server.origin + path)
        if (width < 1000) faults.push(...(await measure(page)).map((fault) => `${path}: ${fault}`))
        // On the wide screen also what lies folded away is looked at.
        else
          await page
            .locator('details')
            .evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')))
        const shape = shapeOf(html)
        const known = seen.get(template) ?? new Set()
        if (shape.isSubsetOf(known)) continue
        seen.set(template, known.union(shape))
        faults.push(...(await faultsOfAccessibility(page)).map((fault) => `${path}: ${fault}`))
      }
      await context.close()
      expect(faults).toEqual([])
      expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([])
    },
    180_000,
  )

  test('nothing scrolls sideways at 360 px, and what is tapped is 44 px high, for the other entity too', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } })
    const faults: string[] = []
    for (const { path } of fullestAt('/valdorata/it/')) {
      await page.goto(server.origin + path)
      faults.push(...(await measure(page)).map((fault) => `${path}: ${fault}`))
    }
    await page.close()
    expect(faults).toEqual([])
  }, 60_000)

  test('the summary follows the choice, and hides where no script runs', async () => {
    const page = await browser.newPage()
    await page.goto(`${server.origin}/cassano/it/top-up`)
    const summary = page.locator('.summary-lines dd')
    await page.getByText('Luca Colombo').click()
    await page.getByText('100,00 €').click()
    expect(await summary.allTextContents()).toEqual(['100,00\u00A0€', '146,80\u00A0€'])
    await page.getByLabel('Altro importo').fill('1.037,5')
    expect(await summary.allTextContents()).toEqual(['1.037,50\u00A0€', '1.084,30\u00A0€'])
    await page.getByLabel('Altro importo').fill('dieci')
    expect(await summary.allTextContents()).toEqual(['–', '–'])
    await page.close()

    const plain = await browser.newPage({ javaScriptEnabled: false })
    await plain.goto(`${server.origin}/cassano/it/top-up`)
    expect(await plain.locator('.summary-lines').isVisible()).toBe(false)
    expect(await plain.getByRole('button', { name: 'PAGA ONLINE' }).isVisible()).toBe(true)
    await plain.close()
  }, 30_000)

  test('"Copia" copies the digits alone, and says so', async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
    const page = await context.newPage()
    await page.goto(`${server.origin}/cassano/it/notice`)
    const button = page.getByRole('button', { name: 'Copia' }).first()
    await button.click()
    await page.getByText('Copiato').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('301002611000421892')
    await context.close()
  }, 30_000)

  test('a waiting page looks again by itself, with a script and without', async () => {
    expect(pages.get('/cassano/it/payment-waiting')).toContain(
      '<noscript><meta http-equiv="refresh" content="5"></noscript>',
    )
    const page = await browser.newPage()
    await page.clock.install()
    await page.goto(`${server.origin}/cassano/it/payment-waiting`)
    const again = page.waitForEvent('load')
    await page.clock.fastForward(5000)
    await again
    await page.close()
  }, 30_000)

  test('a form pressed twice is sent once, with the button that was pressed', async () => {
    const page = await browser.newPage()
    const posts: (string | null)[] = []
    await page.route('**/ricarica', async (route) => {
      posts.push(route.request().postData())
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.fulfill({ status: 204 })
    })
    await page.goto(`${server.origin}/cassano/it/top-up`)
    await page.getByRole('button', { name: 'PAGA PRESSO PSP' }).dblclick()
    await page.waitForTimeout(600)
    expect(posts).toHaveLength(1)
    expect(posts[0]).toContain('channel=psp-notice')
    await page.close()
  }, 30_000)
})

/** Wider than the screen, or too small for a finger. Links within a sentence are excused (WCAG 2.2, 2.5.8). */
function measure(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const targets =
      '.btn, button, summary, select, .form-control, .action, .choice-card, .bottom-bar a, .slim-link'
    const small = [...document.querySelectorAll<HTMLElement>(targets)]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
      .map(
        (element) =>
          `${element.className || element.tagName} is ${element.getBoundingClientRect().height} px high`,
      )
    const excess = document.documentElement.scrollWidth - window.innerWidth
    return excess > 0 ? [`${excess} px too wide`, ...small] : small
  })
}

const VOID = new Set(['area', 'br', 'hr', 'img', 'input', 'link', 'meta', 'path'])

/** The tags of a page that do not close what was opened last. */
function unbalanced(html: string): string[] {
  const open: string[] = []
  const faults: string[] = []
  for (const [, closing, name, itself] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (closing) {
      const last = open.pop()
      if (last !== name) faults.push(`</${name}> closes <${last}>`)
    } else if (!itself && !VOID.has(name!)) open.push(name!)
  }
  return [...faults, ...open.map((name) => `<${name}> is never closed`)]
}
