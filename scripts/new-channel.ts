// Makes the folder of a new payment channel and its line in the list: `npm run new:channel -- <id>`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const id = process.argv[2] ?? ''
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
  fail('Say the new channel’s id in lower case with hyphens, for instance: npm run new:channel -- bank-app')
const folder = join('src', 'channels', id)
if (existsSync(folder)) fail(`${folder} is there already.`)

const name = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const title = `${id[0]!.toUpperCase()}${id.slice(1).replaceAll('-', ' ')}`

mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'channel.ts'), channelFile())
writeFileSync(join(folder, 'channel.test.ts'), testFile())
writeFileSync(join(folder, 'README.md'), readmeFile())
register()
console.log(`${folder} is made and listed. Next: docs/add-a-channel.md, and "npm test -- test/channels".`)

function channelFile(): string {
  return `import { z } from 'zod'
import { defineChannel } from '#core/channel.ts'
import { invariant } from '#core/errors.ts'

/** ${title}: say here how people pay with it. */
export const ${name} = defineChannel({
  id: '${id}',
  label: { it: '${title}', en: '${title}' },
  note: { it: 'Spiega in una riga come si paga', en: 'Say in one line how to pay' },
  icon: 'it-card',
  settings: z.strictObject({
    /** Days that a notice of this channel can be paid. */
    noticeDays: z.number().int().min(1).max(365).default(30),
  }),
  surfaces: ['portal', 'app'],
  jobs: [],
  maxTopUps: 1,
  offer: () => ({ offered: true }),
  async start({ drafts }, { desk, settings }) {
    const [opened] = await desk.open(drafts, { validDays: settings.noticeDays })
    invariant(opened, 'a desk opens what it is asked to')
    return { kind: 'document', documentId: opened.id, noticeNumber: opened.noticeNumber }
  },
})
`
}

function testFile(): string {
  return `import { expect, test } from 'vitest'
import { ${name} } from './channel.ts'

test('a notice cannot be valid for no day at all', () => {
  expect(${name}.settings.safeParse({ noticeDays: 0 }).success).toBe(false)
})
`
}

function readmeFile(): string {
  return `# ${id}

What the payer does, what the entity must set, and whom this channel talks to.
`
}

/** One import and one entry; the list stays readable by hand. */
function register(): void {
  const path = join('src', 'channels', 'index.ts')
  const text = readFileSync(path, 'utf8')
  const lastImport = text.lastIndexOf('import { ', text.indexOf('/** What channels need'))
  const endOfImport = text.indexOf('\n', lastImport) + 1
  const withImport = `${text.slice(0, endOfImport)}import { ${name} } from './${id}/channel.ts'\n${text.slice(endOfImport)}`
  const listEnd = withImport.indexOf('] as const satisfies')
  if (lastImport < 0 || listEnd < 0) fail(`${path} is not as expected: add the channel by hand.`)
  const before = withImport.slice(0, listEnd).trimEnd()
  const listed = `${before}${before.endsWith(',') ? '' : ','} ${name}${withImport.slice(listEnd)}`
  writeFileSync(path, listed)
}

function fail(text: string): never {
  console.error(text)
  process.exit(1)
}
