import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invariant } from '#core/errors.ts'

/** The addresses of the built assets; their names carry a hash, so browsers may keep them for ever. */
export interface AssetPaths {
  readonly css: string
  /** The sheet of the pages of staff and operators, which holds the families' too. */
  readonly officeCss: string
  readonly script: string
  readonly icons: string
  readonly pagopaLogo: string
  /** The fonts that the first paint needs. */
  readonly fonts: readonly string[]
}

const defaultFolder = fileURLToPath(new URL('../../public/assets', import.meta.url))

/**
 * Reads the list that `scripts/build-assets.ts` wrote.
 * @param folder where the assets were built; they are served under `/assets/`
 * @throws Error when they were not built, or not all of them
 */
export function loadAssets(folder: string = defaultFolder): AssetPaths {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<string, string>
  const path = (name: string) => {
    invariant(manifest[name], `asset ${name} is not built`)
    return `/assets/${manifest[name]}`
  }
  return {
    css: path('app.css'),
    officeCss: path('office.css'),
    script: path('app.js'),
    icons: path('icons.svg'),
    pagopaLogo: path('logo-pagopa.svg'),
    fonts: [400, 600, 700].map((weight) => path(`fonts/titillium-web-${weight}.woff2`)),
  }
}

/** What a page of staff or operators loads: a family's telephone is spared their rules. */
export function officeAssets(assets: AssetPaths): AssetPaths {
  return { ...assets, css: assets.officeCss }
}
