import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const CHECKER = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe's rules for WCAG 2.2 A and AA and its best practices find wrong with the page that is shown, one line a rule.
 * Our pages have no frames. What is right is not described: that is most of the checker's work.
 */
export async function faultsOfAccessibility(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(CHECKER)
  const options: RunOptions = { resultTypes: ['violations'], iframes: false }
  return page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations, passes } = await axe.run(document, options)
    if (passes.length === 0) throw new Error('the checker has looked at nothing')
    return violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join()).join(' ')}`)
  }, options)
}
