import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../../../shared/pagopa/xsd/', import.meta.url)

/** The official schemas are not ours to copy: they are read where they lie beside the repository. */
export const hasSchemas = existsSync(new URL('soap-paForNode.xsd', folder))
if (!hasSchemas) {
  console.warn(
    'The official pagoPA schemas are not at ../shared/pagopa: messages are NOT validated against them here.',
  )
}

/** What xmllint says against a document; '' when it is valid. @throws Error when xmllint is not installed */
export function schemaProblems(xml: string, schema = 'soap-paForNode.xsd'): string {
  const path = fileURLToPath(new URL(schema, folder))
  try {
    execFileSync('xmllint', ['--nonet', '--noout', '--schema', path, '-'], {
      input: xml,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    return ''
  } catch (error) {
    const { stderr, code } = error as { stderr?: Buffer; code?: string }
    if (code === 'ENOENT')
      throw new Error('xmllint is not installed (Debian: libxml2-utils)', { cause: error })
    return String(stderr)
  }
}
