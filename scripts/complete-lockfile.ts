// Adds to package-lock.json the optional platform packages that the registry in use does not carry,
// so that `npm ci` on another platform does not call the lockfile out of date. Run after each dependency change.
import { readFileSync, writeFileSync } from 'node:fs'

type Entry = {
  version?: string
  os?: string[]
  cpu?: string[]
  optional?: boolean
  optionalDependencies?: Record<string, string>
}

for (const path of ['package-lock.json', 'runtime/package-lock.json']) {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, Entry> }
  let added = 0
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`
      if (Object.keys(lock.packages).some((known) => known.endsWith(key))) continue
      lock.packages[key] = { version: version.replace(/^[\^~]/, ''), ...platformOf(name), optional: true }
      added++
    }
  }
  const packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
  console.log(`${path}: ${added} optional packages added`)
}

/** The platform that a binary package's name tells: `@oxlint/binding-darwin-arm64` → darwin, arm64. */
function platformOf(name: string): { os?: string[]; cpu?: string[] } {
  const os = ['darwin', 'win32', 'linux', 'freebsd', 'openharmony', 'android'].find((one) =>
    name.includes(one),
  )
  const cpu = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64'].find((one) =>
    name.includes(one),
  )
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }) }
}
