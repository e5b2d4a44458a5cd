import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What each room may import besides itself. Roots (main, house, web, cli) may import everything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  pagopa: ['core'],
  identity: ['core'],
  tenants: ['core', 'identity'],
  pages: ['core', 'identity', 'tenants'],
  login: ['core', 'identity', 'tenants', 'pages'],
  meals: ['core', 'tenants'],
  channels: ['core', 'pagopa'],
  portal: ['core', 'pagopa', 'identity', 'tenants', 'meals', 'channels', 'pages'],
  api: ['core', 'pagopa', 'identity', 'tenants', 'meals', 'channels'],
  backoffice: ['core', 'pagopa', 'identity', 'tenants', 'meals', 'channels', 'pages'],
  operator: ['core', 'identity', 'tenants', 'pages'],
  local: ['core', 'identity', 'tenants', 'meals'],
}
/** Files outside the rooms that put the rooms together. */
const ROOTS = ['src/main.ts', 'src/house.ts', 'src/web.ts', 'src/cli.ts', 'src/cli', 'src/channels/index.ts']

const LINES_MAX = 300

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (name === 'node_modules') return []
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })
}

const code = ['src', 'sandbox', 'test', 'bench', 'scripts']
  .flatMap(filesUnder)
  .filter((path) => /\.(ts|mjs)$/.test(path))
const source = code.filter((path) => path.startsWith('src/') && !path.endsWith('.test.ts'))

/** Every module a file names: static, re-exported, side-effect and dynamic imports, and workers by URL. */
function specifiers(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  const patterns = [
    /\b(?:from|import)\s+'([^']+)'/g,
    /\bimport\(\s*'([^']+)'\s*\)/g,
    /new URL\(\s*'([^']+\.ts)'/g,
  ]
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]!))
}

/** The file that a specifier means; undefined for packages. */
function target(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return join('src', specifier.slice(1))
  return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : undefined
}

/** The room of a file; each channel is one of its own. */
function roomOf(path: string): string {
  if (ROOTS.some((root) => path === root || path.startsWith(`${root}/`))) return 'root'
  const [, room = '', channel = ''] = path.split('/')
  return room === 'channels' ? `channels/${channel}` : room
}

function mayImport(from: string, to: string): boolean {
  if (from === 'root' || from === to) return true
  const allowed = MAY_IMPORT[from.split('/')[0]!]
  return allowed !== undefined && allowed.includes(to.split('/')[0]!)
}

describe('rooms', () => {
  test.each(source)('%s imports only what its room may', (path) => {
    const reached = specifiers(path).flatMap((specifier) => target(path, specifier) ?? [])
    const forbidden = reached.filter((to) => !to.startsWith('src/') || !mayImport(roomOf(path), roomOf(to)))
    // One door leads out of src: the launcher of the sandbox names its program.
    const doors = path === 'src/local/sandbox.ts' ? ['sandbox/main.ts'] : []
    expect(forbidden.filter((to) => !doors.includes(to))).toEqual([])
  })

  test('the sandbox knows nothing of the house', () => {
    const reached = filesUnder('sandbox')
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => specifiers(path).flatMap((specifier) => target(path, specifier) ?? []))
    expect(reached.filter((to) => !to.startsWith('sandbox/'))).toEqual([])
  })

  test('rules name only rooms, and every room has its rule', () => {
    const rooms = readdirSync('src').filter(
      (name) => statSync(join('src', name)).isDirectory() && name !== 'cli',
    )
    expect(rooms.filter((room) => !(room in MAY_IMPORT))).toEqual([])
  })

  test('every channel’s folder is in the list, and the list names nothing else', () => {
    const folders = readdirSync('src/channels').filter((name) =>
      statSync(join('src/channels', name)).isDirectory(),
    )
    const listed = specifiers('src/channels/index.ts').flatMap(
      (name) => /^\.\/([^/]+)\/channel\.ts$/.exec(name)?.[1] ?? [],
    )
    expect(listed.toSorted()).toEqual(folders.toSorted())
  })
})

describe('files', () => {
  test('stay under 300 lines', () => {
    const lengths = code.map((path) => [path, readFileSync(path, 'utf8').split('\n').length - 1] as const)
    expect(lengths.filter(([, lines]) => lines > LINES_MAX)).toEqual([])
  })

  test('bear plain names', () => {
    const names = code.map((path) => path.split('/').at(-1)!)
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(job|test))?\.(ts|mjs)$/.test(name))).toEqual(
      [],
    )
    expect(names.filter((name) => /^(utils|helpers|common|misc)\./.test(name))).toEqual([])
  })

  test('leave nothing for later, skip nothing and read the environment in one place', () => {
    const marks = new RegExp(
      `\\b(${['TO', 'FIX'].map((half) => `${half}${half === 'TO' ? 'DO' : 'ME'}`).join('|')})\\b`,
    )
    expect(code.filter((path) => marks.test(readFileSync(path, 'utf8')))).toEqual([])
    const skips = /\b(it|test|describe)\.(only|todo|skip)\(/
    expect(code.filter((path) => skips.test(readFileSync(path, 'utf8')))).toEqual([])
    const readers = source.filter((path) => readFileSync(path, 'utf8').includes('process.env'))
    expect(readers).toEqual(['src/cli.ts', 'src/main.ts'])
  })
})
