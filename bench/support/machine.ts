import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { cpus } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Cluster } from './cluster.ts'

/** One line on the machine, to stand above the figures: absolute numbers mean nothing without it. */
export async function describeMachine(cluster: Cluster, options: { measureFsync: boolean }): Promise<string> {
  const fsync = options.measureFsync ? await fsyncCost(cluster.dataFolder) : undefined
  const cores = cpus()
  return [
    `PostgreSQL ${cluster.version} (fsync on)`,
    `Node.js ${process.version}`,
    `${cores.length} cores (${cores[0]?.model.trim() || 'unknown'})`,
    fsync ?? 'pg_test_fsync not run',
  ].join(', ')
}

/** What one fdatasync takes on the data folder's disk, in the words of pg_test_fsync; undefined without it. */
async function fsyncCost(folder: string): Promise<string | undefined> {
  const program = findProgram('pg_test_fsync')
  if (!program) return undefined
  const file = join(folder, 'bench-fsync')
  const child = spawn(program, ['-s', '1', '-f', file], { stdio: ['ignore', 'pipe', 'ignore'] })
  const gone = new Promise((resolve) => child.once('close', resolve))
  let output = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    output += text
    // The whole programme takes half a minute; the line we want is the second.
    if (FDATASYNC.test(output)) child.kill()
  })
  await gone
  await rm(file, { force: true })
  const microseconds = FDATASYNC.exec(output)?.[1]
  return microseconds && `fdatasync ${microseconds} µs (pg_test_fsync)`
}

const FDATASYNC = /^\s*fdatasync\s+[\d.]+ ops\/sec\s+(\d+) usecs\/op/m

/** On the PATH, or where Debian keeps the programs that belong to one server version. */
function findProgram(name: string): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, 'bin'))
    : []
  return [...(process.env.PATH ?? '').split(delimiter), ...versions]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}
