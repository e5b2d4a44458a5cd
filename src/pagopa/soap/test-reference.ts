import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The official schemas and the reference messages live beside the repository, in ../shared/pagopa, and are not
 * copied into it. Tests that lean on them say so where they are absent and then check what they can without.
 */
const folder = fileURLToPath(new URL('../../../../shared/pagopa/', import.meta.url))
const hasXmllint = spawnSync('xmllint', ['--version']).error === undefined

/** True where xmllint is, which is all that a schema of our own needs; a warning is printed where it is not. */
export function hasValidator(what: string): boolean {
  if (!hasXmllint) console.warn(`NOT CHECKED against the XSD: ${what}: no xmllint (package libxml2-utils)`)
  return hasXmllint
}

/** True when XSD verdicts can be had; otherwise a warning is printed, once per call. */
export function canValidate(what: string): boolean {
  const missing = [
    ...(existsSync(`${folder}xsd`) ? [] : ['../shared/pagopa/xsd']),
    ...(hasXmllint ? [] : ['xmllint (package libxml2-utils)']),
  ]
  if (missing.length > 0) console.warn(`NOT CHECKED against the XSD: ${what}: no ${missing.join(', no ')}`)
  return missing.length === 0
}

/** The reference message of that name; undefined, and said aloud, where the folder is absent. */
export function sample(name: string): string | undefined {
  const path = `${folder}samples/${name}`
  if (existsSync(path)) return readFileSync(path, 'utf8')
  console.warn(`NOT CHECKED against the reference message ${name}: no ../shared/pagopa/samples`)
  return undefined
}

export type Verdict = 'valid' | 'invalid'

/** xmllint's verdict on each document, in one run; what does not parse is invalid too. A schema of our own goes by its whole path. */
export function xsdVerdicts(documents: readonly string[], schema = 'soap-paForNode.xsd'): Verdict[] {
  const place = mkdtempSync(join(tmpdir(), 'xsd-verdicts-'))
  try {
    const files = documents.map((document, index) => {
      writeFileSync(join(place, `${index}.xml`), document)
      return `${index}.xml`
    })
    const { stderr, error } = spawnSync(
      'xmllint',
      ['--nonet', '--noout', '--schema', isAbsolute(schema) ? schema : `${folder}xsd/${schema}`, ...files],
      { cwd: place, encoding: 'utf8', maxBuffer: 1 << 28 },
    )
    if (error) throw error
    if (readdirSync(place).length !== documents.length) throw new Error('xmllint left files behind')
    const valid = new Set(stderr.match(/^\d+\.xml(?= validates$)/gm))
    if (!/ validates$| fails to validate$/m.test(stderr))
      throw new Error(`xmllint said: ${stderr.slice(0, 500)}`)
    return files.map((file) => (valid.has(file) ? 'valid' : 'invalid'))
  } finally {
    rmSync(place, { recursive: true })
  }
}

/** The documents that the official schema refuses; none, after saying so aloud, where it cannot be asked. */
export function refusedByXsd(what: string, documents: readonly string[]): string[] {
  if (!canValidate(`${documents.length} ${what}`)) return []
  const verdicts = xsdVerdicts(documents)
  return documents.filter((_, index) => verdicts[index] === 'invalid')
}
