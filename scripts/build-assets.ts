// Makes public/assets/ out of the packages and our own sources: a sheet for families and one for staff, one script, one
// icon sprite, fonts.
// Run at every start: a stamp over all that goes in makes the second run a matter of milliseconds.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'public/assets')
const italia = join(root, 'node_modules/bootstrap-italia/dist')
const own = join(root, 'src/portal/assets')
const read = (path: string) => readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')
const list = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .toSorted()
    .map((file) => join(folder, file))

/** The fonts of the pages, as bootstrap-italia ships them; its own sheet loads them by script, ours by `@font-face`. */
const webFonts = {
  'titillium-web-400.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular.woff2',
  'titillium-web-600.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-600.woff2',
  'titillium-web-700.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-700.woff2',
  'roboto-mono-400.woff2': 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2',
}

/** The fonts of the PDF documents, under names that do not change. */
const printFonts = {
  'titillium-web-400.ttf': 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular.ttf',
  'titillium-web-400-italic.ttf': 'Titillium_Web/titillium-web-v10-latin-ext_latin-italic.ttf',
  'titillium-web-600.ttf': 'Titillium_Web/titillium-web-v10-latin-ext_latin-600.ttf',
  'titillium-web-700.ttf': 'Titillium_Web/titillium-web-v10-latin-ext_latin-700.ttf',
  'roboto-mono-400.ttf': 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.ttf',
  'roboto-mono-700.ttf': 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-700.ttf',
}

/** Templates and sheets that no family sees. */
const forStaff = /\/(pages\/(office|operator)\/|partials\/office-|8-office[\w-]*\.css)/
const templates = list(join(root, 'templates'), '.hbs')
const code = list(join(root, 'src'), '.ts').filter((path) => !path.endsWith('.test.ts'))
const sources = list(own, '').filter((path) => /\.\w+$/.test(path))
const stampFile = join(target, '.stamp')
const stamp = hash(
  [join(root, 'package-lock.json'), fileURLToPath(import.meta.url), ...templates, ...sources]
    .map((path) => hash(readFileSync(path)))
    .concat(usedIcons())
    .join('\n'),
)
if (!existsSync(stampFile) || read(stampFile) !== stamp) await build()

/** Builds everything anew; the stamp comes last, so that a build cut short is built again. */
async function build(): Promise<void> {
  mkdirSync(join(target, 'fonts/ttf'), { recursive: true })
  rmSync(stampFile, { force: true })
  const manifest: Record<string, string> = {}
  const emit = (name: string, content: string | Buffer) => {
    const hashed = name.replace(/(\.\w+)$/, `-${hash(content).slice(0, 10)}$1`)
    writeFileSync(join(target, hashed), content)
    manifest[name] = hashed
    // Fonts are compressed already.
    if (!name.startsWith('fonts/')) writeCompressed(join(target, hashed), Buffer.from(content))
  }
  const font = (file: string) => join(italia, 'fonts', file)
  for (const [name, file] of Object.entries(webFonts)) emit(`fonts/${name}`, readFileSync(font(file)))
  for (const [name, file] of Object.entries(printFonts))
    copyFileSync(font(file), join(target, 'fonts/ttf', name))
  emit('icons.svg', sprite())
  emit('logo-pagopa.svg', pagopaLogo())
  emit('app.js', tightScript(read(join(own, 'enhance.js'))))
  emit('app.css', await sheet(manifest, (path) => !forStaff.test(path)))
  emit('office.css', await sheet(manifest, () => true))
  removeStale(Object.values(manifest))
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(stampFile, stamp)
}

/**
 * bootstrap-italia without the rules that none of the wanted templates needs, in the entity's colour, then our own
 * sheets.
 */
async function sheet(
  manifest: Readonly<Record<string, string>>,
  isWanted: (path: string) => boolean,
): Promise<string> {
  const { PurgeCSS } = await import('purgecss')
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: read(join(italia, 'css/bootstrap-italia.min.css')) }],
    content: [
      {
        raw: templates
          .filter((path) => !path.includes('/emails/') && isWanted(path))
          .map(read)
          .join('\n'),
        extension: 'hbs',
      },
    ],
    extractors: [{ extensions: ['hbs'], extractor: markup }],
    // Classes that a template puts together out of data.
    safelist: [/^alert-(success|info|warning|danger)$/, 'icon-sm'],
    keyframes: true,
    fontFace: true,
  })
  const ours = sources
    .filter((path) => path.endsWith('.css') && isWanted(path))
    .map((path) => tight(read(path)))
  const addressed = ours.join('').replace(/url\('(fonts\/[\w.-]+)'\)/g, (_, name: string) => {
    if (!manifest[name]) throw new Error(`our sheet wants the font ${name}, which is not among the web fonts`)
    return `url('/assets/${manifest[name]}')`
  })
  return themed(purged!.css) + addressed
}

/** Tags, classes and attributes of a template, exactly: the purger's own guess takes every word of the prose for a class. */
function markup(source: string) {
  const html = source.replaceAll(/\{\{[^}]*\}\}+/g, (mustache) =>
    mustache.includes('class="') ? mustache : ' ',
  )
  const attributes = [...html.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)]
  const values = attributes.map(([, , value]) => value ?? '')
  return {
    tags: [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, tag]) => tag!),
    classes: attributes
      .filter(([, name]) => name === 'class')
      .flatMap(([, , value]) => (value ?? '').split(/\s+/)),
    ids: attributes.filter(([, name]) => name === 'id').map(([, , value]) => value ?? ''),
    attributes: { names: attributes.map(([, name]) => name!), values },
    undetermined: [],
  }
}

/** The sheet writes its blue out in full, in several spellings; here each becomes the entity's colour. */
function themed(css: string): string {
  return css
    .replaceAll(/hsl\(210, ?100%, ?40%\)|#06c\b/gi, 'var(--tenant-primary)')
    .replaceAll(/hsl\(210, ?100%, ?3\d(?:\.\d+)?%\)|#036\b|#003366\b/gi, 'var(--tenant-primary-dark)')
}

/** Our own sheets without comments and spare white space. */
function tight(css: string): string {
  return css
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .replaceAll(/;\}/g, '}')
    .trim()
}

/** Our script without comments and indentation; it has no string over several lines. */
function tightScript(source: string): string {
  const lines = source.split('\n').map((line) => line.trim())
  return `${lines.filter((line) => line !== '' && !line.startsWith('//')).join('\n')}\n`
}

/** The names of the symbols that templates and views call for: `it-…`, and our own. */
function usedIcons(): string[] {
  const names = [...templates, ...code].flatMap(
    (path) => read(path).match(/(?<=["'])it-[a-z-]+(?=["'])/g) ?? [],
  )
  return [...new Set(names)]
    .filter((name) => !name.startsWith('it-header') && name !== 'it-footer')
    .toSorted()
}

/** One sprite of the symbols in use, and the ones that bootstrap-italia lacks. */
function sprite(): string {
  const all = new Map(
    [...read(join(italia, 'svg/sprites.svg')).matchAll(/<symbol id="([^"]+)".*?<\/symbol>/gs)].map(
      ([symbol, id]) => [id, symbol],
    ),
  )
  const used = usedIcons().map((name) => all.get(name) ?? fail(`bootstrap-italia has no icon ${name}`))
  const ours = read(join(own, 'icons.svg')).match(/<symbol[\s\S]*?<\/symbol>/g) ?? []
  const schemes = ['spid', 'cie'].map(schemeSymbol)
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...used, ...ours, ...schemes].join('')}</svg>\n`
}

/** The mark of SPID or CIE, out of the paths in pagoPA's component. */
function schemeSymbol(id: string): string {
  const name = `${id[0]!.toUpperCase()}${id.slice(1)}Icon`
  const component = read(join(root, `node_modules/@pagopa/mui-italia/icons/${name}/${name}.js`))
  const viewBox = /viewBox:"([^"]+)"/.exec(component)?.[1]
  const paths = [...component.matchAll(/\bd:"([^"]+)"/g)].map(
    ([, path]) => `<path fill-rule="evenodd" d="${path}"/>`,
  )
  if (!viewBox || paths.length === 0) return fail(`${name} is not where it was in @pagopa/mui-italia`)
  return `<symbol id="${id}" viewBox="${viewBox}">${paths.join('')}</symbol>`
}

/** The logo of pagoPA in its own blue (docs.pagopa.it/linee-guida-brand-pagopa), out of the paths in its component. */
function pagopaLogo(): string {
  const component = read(
    join(root, 'node_modules/@pagopa/mui-italia/assets/LogoPagoPAProduct/LogoPagoPAProduct.js'),
  )
  const viewBox = /viewBox:"([^"]+)"/.exec(component)?.[1]
  const paths = [...component.matchAll(/\bd:"([^"]+)"/g)].map(([, path]) => `<path d="${path}"/>`)
  if (!viewBox || paths.length === 0) return fail('the pagoPA logo is not where it was in @pagopa/mui-italia')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" fill="#06c">${paths.join('')}</svg>\n`
}

/** The siblings `.br` and `.gz` that a server sends to browsers that take them. */
function writeCompressed(path: string, content: Buffer): void {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  writeFileSync(`${path}.br`, brotliCompressSync(content, quality))
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
}

/** Removes what earlier builds left behind. */
function removeStale(current: readonly string[]): void {
  for (const file of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
    if (!/-[0-9a-f]{10}\.\w+(\.br|\.gz)?$/.test(file)) continue
    if (!current.includes(file.replace(/\.(br|gz)$/, ''))) rmSync(join(target, file))
  }
}

function fail(message: string): never {
  throw new Error(message)
}
