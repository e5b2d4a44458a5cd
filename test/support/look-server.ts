import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { themeCss } from '#core/theme.ts'
import { exampleTenants } from './example-views.ts'

/** The policy of our pages: nothing inline, nothing from elsewhere. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const publicFolder = fileURLToPath(new URL('../../public', import.meta.url))

/** Serves rendered pages by path, with the built assets, the themes of the example entities and the real policy. */
export async function serveLook(
  pages: ReadonlyMap<string, string>,
): Promise<{ origin: string; close(): void }> {
  const themes = new Map(
    exampleTenants.map(({ tenant, primary }) => [tenant.themeHref, themeCss({ primary })]),
  )
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const answer = (type: string, body: string | Buffer) =>
      response.writeHead(200, { 'content-type': type }).end(body)
    const page = pages.get(path)
    const theme = themes.get(path)
    if (page) {
      response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY)
      answer('text/html; charset=utf-8', page)
      return
    }
    // As the product's own: these names change with their contents, so that a browser asks for each once.
    response.setHeader('cache-control', 'public, max-age=31536000, immutable')
    if (theme) answer('text/css', theme)
    else if (path.startsWith('/assets/'))
      answer(types[extname(path)] ?? '', readFileSync(join(publicFolder, path)))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  }
}
