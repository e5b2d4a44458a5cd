import { execFileSync } from 'node:child_process'
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

/** Where systems usually keep a Chromium or a Chrome. */
const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * Starts a headless Chromium: the one `CHROMIUM_PATH` names, else the one inside the npm package
 * `@sparticuz/chromium` (Linux x64, nothing to install), else the system's.
 * @throws Error naming what was tried, when none starts
 */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH
  const failures: string[] = []
  const candidates = named ? [named] : ['npm', ...SYSTEM_PATHS.filter((path) => existsSync(path))]
  for (const candidate of candidates) {
    try {
      return candidate === 'npm' ? await launchPackaged() : await launch(candidate, {})
    } catch (error) {
      failures.push(`${candidate}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(`No Chromium starts. Set CHROMIUM_PATH, or install chromium.\n${failures.join('\n')}`)
}

function launch(executablePath: string, env: Record<string, string>): Promise<Browser> {
  // The sandbox of Chromium refuses to run as root, which is what containers are.
  const asRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath,
    headless: true,
    env: { ...(process.env as Record<string, string>), ...env },
    args: [...(asRoot ? ['--no-sandbox'] : []), '--disable-gpu', '--font-render-hinting=none'],
  })
}

/** The npm package carries Brotli files; the libraries that a bare system lacks lie in its `al2023` archive. */
async function launchPackaged(): Promise<Browser> {
  if (platform() !== 'linux' || arch() !== 'x64') throw new Error('the packaged Chromium is for Linux on x64')
  const packaged = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin')
  const home = await unpack(packaged)
  return launch(join(home, 'chromium'), {
    LD_LIBRARY_PATH: [join(home, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    FONTCONFIG_FILE: join(home, 'fonts', 'fonts.conf'),
  })
}

/** Unpacks once per version into the temporary folder that outlives a run; a rename at the end keeps two test runs apart. */
async function unpack(packaged: string): Promise<string> {
  const manifest = createRequire(import.meta.url)(join(packaged, '..', 'package.json')) as { version: string }
  const lasting = process.env.LASTING_TMPDIR ?? tmpdir()
  const home = join(lasting, `borsellino-chromium-${manifest.version}-${process.getuid?.() ?? 0}`)
  if (existsSync(home)) return home
  const work = mkdtempSync(join(lasting, 'borsellino-chromium-'))
  try {
    for (const file of readdirSync(packaged).filter(
      (name) => name.endsWith('.br') && !name.startsWith('swiftshader'),
    )) {
      const target = join(work, file.replace(/\.br$/, ''))
      await pipeline(
        createReadStream(join(packaged, file)),
        createBrotliDecompress(),
        createWriteStream(target),
      )
      if (!target.endsWith('.tar')) continue
      const folder = target.replace(/\.tar$/, '')
      mkdirSync(folder)
      execFileSync('tar', ['-xf', target, '-C', folder])
      rmSync(target)
    }
    writeFileSync(join(work, 'fonts', 'fonts.conf'), fontConfiguration(home))
    chmodSync(join(work, 'chromium'), 0o755)
    chmodSync(work, 0o755)
    renameSync(work, home)
  } catch (error) {
    rmSync(work, { recursive: true, force: true })
    if (!existsSync(home)) throw error
  }
  return home
}

/** The package's own configuration looks for fonts where they are not, and a Chromium without any font dies. */
function fontConfiguration(home: string): string {
  const folders = [join(home, 'fonts', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  const lines = folders.map((folder) => `  <dir>${folder}</dir>`).join('\n')
  return `<?xml version="1.0"?>\n<fontconfig>\n${lines}\n  <cachedir>${join(home, 'fonts', 'cache')}</cachedir>\n</fontconfig>\n`
}
