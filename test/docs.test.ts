import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LANGUAGES, loadCatalogue } from '#core/i18n.ts'
import { commands } from '../src/cli/commands.ts'

const read = (path: string) => readFileSync(path, 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'sandbox/README.md',
  'migrations/README.md',
  'bench/README.md',
]
  .concat(readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])))
  .concat(readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`))
  .filter((path) => existsSync(path))

describe('the documents', () => {
  test.each(pages)('%s leads only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!)
    const local = links.filter((link) => !/^(https?|mailto):/.test(link))
    expect(local.filter((link) => !existsSync(normalize(join(dirname(page), link))))).toEqual([])
  })

  test.each(['docs/architecture.md', 'docs/add-a-channel.md', 'README.md', 'docs/operations.md'])(
    '%s names files that are there',
    (page) => {
      const named = [
        ...read(page).matchAll(
          /`((?:src|test|docs|migrations|locales|templates|sandbox|bench|scripts)\/[\w./-]+)`/g,
        ),
      ].map((match) => match[1]!)
      const missing = named.filter(
        (path) =>
          !existsSync(path.replace(/\/\*.*$/, '')) && !path.includes('bank-app') && !path.includes('*'),
      )
      expect(missing).toEqual([])
    },
  )

  test('the configuration table has every name that the code reads, and no other', () => {
    const known = new Set(
      [...read('src/core/config.ts').matchAll(/^\s+([A-Z][A-Z_]+): /gm)].map((match) => match[1]!),
    )
    const told = new Set(
      [...read('docs/configuration.md').matchAll(/^\| (.*?) \|/gm)].flatMap((row) =>
        [...row[1]!.matchAll(/`([A-Z][A-Z_]+)`/g)].map((match) => match[1]!),
      ),
    )
    expect([...known].filter((name) => !told.has(name))).toEqual([])
    expect([...told].filter((name) => !known.has(name))).toEqual([])
  })

  test('the README shows the two commands, and the tasks of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const task of ['start', 'test', 'check', 'cli', 'bench', 'new:channel'])
      expect(scripts).toHaveProperty(task)
    expect(read('README.md')).toMatch(/^npm start.*\n^npm test/m)
  })

  test('the help says what each command is for', () => {
    for (const { name, purpose } of commands) expect([name, purpose.length > 15]).toEqual([name, true])
  })
})

test('every language has the same messages, with the same places to fill', () => {
  const places = (text: string) =>
    [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted((a, b) => (a! < b! ? -1 : 1))
  const source = loadCatalogue('it')
  for (const language of LANGUAGES.filter((one) => one !== 'it')) {
    const other = loadCatalogue(language)
    // A singular of its own may be missing where a language needs none.
    const keys = (catalogue: ReadonlyMap<string, string>) =>
      [...catalogue.keys()].filter((key) => !key.endsWith('_one')).toSorted()
    expect(keys(other)).toEqual(keys(source))
    for (const key of keys(source))
      expect([key, places(other.get(key)!)]).toEqual([key, places(source.get(key)!)])
  }
})
