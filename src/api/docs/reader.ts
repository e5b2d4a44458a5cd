import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Api } from '../context.ts'
import type { ApiDocument } from '../document.ts'
import { readerPage } from './page.ts'

const stylesheet = readFileSync(fileURLToPath(new URL('./docs.css', import.meta.url)), 'utf8')

/** `/docs`: the document for people, made once; `/problems/…`: where the `type` of a problem leads. */
export function readerRoutes(app: Api, document: ApiDocument): void {
  const page = Promise.resolve(readerPage(document))
  app.get('/docs', async (context) => {
    context.header('cache-control', 'public, max-age=300')
    return context.html(await page)
  })
  app.get('/docs.css', (context) =>
    context.body(stylesheet, 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=300',
    }),
  )
  app.get('/problems/:code{[a-z_.]+}', (context) =>
    context.redirect(`/api/docs#${context.req.param('code')}`, 303),
  )
}
