import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { ConfigError } from '#core/config.ts'
import { open, seal, SealBroken } from '#core/crypto.ts'
import { createVault } from '#core/vault.ts'
import { openHouse } from '../src/house.ts'
import { openTestHouse } from './support/house.ts'
import { freePorts, runProgram, temporaryDataFolder } from './support/process.ts'

const world = await openTestHouse()
const folder = temporaryDataFolder()
afterAll(() => folder.remove())
const other = randomBytes(32)

/** The house's environment, with a MASTER_KEY of another installation. */
async function environment() {
  const { config, database } = world
  return {
    NODE_ENV: 'test',
    PORT: String(await freePorts()),
    DATA_DIR: folder.path,
    DATABASE_URL: database.urls.app,
    RELAY_DATABASE_URL: database.urls.relay,
    QUEUE_DATABASE_URL: database.urls.queue,
    PUBLIC_URL: config.PUBLIC_URL,
    SMTP_URL: config.SMTP_URL,
    SANDBOX_URL: world.sandboxUrl,
    MASTER_KEY: other.toString('base64'),
  }
}

test('an empty database takes any MASTER_KEY; one with entities takes its own alone, and says so before anything is served', async () => {
  const { config } = world
  await (await openHouse({ ...config, MASTER_KEY: other })).close()
  const { id } = await world.addTenant()
  await (await openHouse(config)).close()
  const told = await openHouse({ ...config, MASTER_KEY: other }).catch((error: unknown) => error)
  expect(told).toBeInstanceOf(ConfigError)
  expect((told as ConfigError).message).toContain(`MASTER_KEY does not fit this database`)
  expect((told as ConfigError).message).toContain(id)
})

test.each([
  ['the server', 'src/main.ts', []],
  ['a command', 'src/cli.ts', ['tenant', 'list']],
])(
  '%s with another MASTER_KEY ends in words for an operator, without a stack and without the key',
  async (_, file, words) => {
    await world.addTenant()
    const given = await environment()
    const { code, output } = await runProgram(file, given, [...words])
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('Start with the MASTER_KEY with which this database was made'),
    ])
    expect(output).not.toMatch(/^\s+at |Unsupported state/m)
    expect(output).not.toContain(given.MASTER_KEY)
  },
)

test('what does not open while the house is open is told in the same words', async () => {
  const { id } = await world.addTenant()
  const vault = createVault(world.house.services.db, other)
  await expect(vault.of(id)).rejects.toThrow('MASTER_KEY does not fit this database')
  const sealed = seal(other, 'row 1', 'a code')
  expect(() => open(other, 'row 2', sealed)).toThrow(SealBroken)
})
