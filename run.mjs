#!/usr/bin/env node
// Starts every task of the project on a machine that has nothing but some Node.js ≥ 18 and npm:
// finds or fetches the Node.js the code needs, installs the pinned packages, then runs the task.
// No dependencies: this file runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)

/** Each task is a list of commands, run in order under the chosen Node.js. The last one gets the extra arguments. */
const tasks = {
  start: [['scripts/build-assets.ts'], ['src/main.ts']],
  test: [['scripts/build-assets.ts'], [bin('vitest'), 'run']],
  check: [['scripts/check.ts']],
  bench: [['scripts/build-assets.ts'], ['bench/run.ts']],
  cli: [['src/cli.ts']],
  'new:channel': [['scripts/new-channel.ts']],
  format: [[bin('oxfmt')]],
  lockfile: [['scripts/complete-lockfile.ts']],
}

const [task = 'start', ...rest] = process.argv.slice(2)
if (!Object.hasOwn(tasks, task)) fail(`Unknown task "${task}". Tasks: ${Object.keys(tasks).join(', ')}.`)

const node = chooseNode()
const environment = { ...process.env, PATH: dirname(node) + delimiter + (process.env.PATH ?? '') }
install(root)
await runAll(tasks[task])

/** Type stripping without a flag arrived in Node.js 22.18; anything older borrows the one pinned in runtime/. */
function chooseNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  const folder = join(root, 'runtime')
  const candidates = [
    `node_modules/node-${process.platform}-${process.arch}/bin/node`,
    `node_modules/node-bin-${process.platform}-${process.arch}/bin/node`,
  ].map((path) => join(folder, path))
  const found = () => candidates.find((path) => existsSync(path))
  if (!found()) {
    say(`Node.js ${process.versions.node} is too old for Borsellino: fetching a newer one into runtime/ …`)
    npmCi(folder, process.env)
  }
  return (
    found() ??
    fail(`No Node.js for ${process.platform}-${process.arch} in runtime/: install Node.js 22.18 or newer.`)
  )
}

/** Installs the locked packages once per lockfile. */
function install(folder) {
  const stamp = join(folder, 'node_modules', '.borsellino-stamp')
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say('Installing packages …')
  npmCi(folder, environment)
  writeFileSync(stamp, wanted)
}

function npmCi(folder, env) {
  const script = process.env.npm_execpath
  const [command, first] = script?.endsWith('.js')
    ? [env === process.env ? process.execPath : node, [script]]
    : ['npm', []]
  const result = spawnSync(
    command,
    // The style sheets and fonts are built from development packages, in production too.
    [...first, 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  if (result.status !== 0) fail(`npm ci failed in ${folder}.`)
}

async function runAll(commands) {
  for (const [index, command] of commands.entries()) {
    const last = index === commands.length - 1
    const code = await run(last ? [...command, ...rest] : command)
    if (code !== 0 || last) process.exit(code)
  }
}

/** Runs one command, hands it every signal we get, and answers with its exit code. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, env: environment, stdio: 'inherit' })
    const forward = (signal) => child.kill(signal)
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
    child.on('error', (error) => fail(error.message))
  })
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
