import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { readForm, readJson, RequestError } from '../web/request.ts'
import type { Mailbox, Message } from './mailbox.ts'
import { listPage, messagePage } from './views.ts'

/** The mailbox's pages, below `/posta`. */
export function mailboxPages(mailbox: Mailbox): Hono {
  const app = new Hono()
  app.get('/', (c) => {
    const to = c.req.query('to') ?? ''
    return c.html(listPage(mailbox.list(to), { to, refuses: mailbox.refuses }))
  })
  app.post('/svuota', (c) => {
    mailbox.clear()
    return c.redirect('/posta', 303)
  })
  app.post('/rifiuta', async (c) => {
    mailbox.refuses = (await readForm(c, 'refuse')).refuse === 'yes'
    return c.redirect('/posta', 303)
  })
  app.get('/:id', (c) => c.html(messagePage(found(mailbox, c))))
  app.get('/:id/corpo', (c) => {
    const { html } = found(mailbox, c)
    if (html === undefined) throw new RequestError(404, 'Pagina non trovata', 'Il messaggio ha solo testo.')
    // A message is foreign content: it runs nothing, fetches nothing, and its links open in a tab of their own.
    c.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'",
    )
    return c.html(`<base target="_blank">${html}`)
  })
  app.get('/:id/allegati/:index', (c) => attachment(mailbox, c))
  return app
}

/** The mailbox's JSON twin, below `/api/mailbox`. */
export function mailboxApi(mailbox: Mailbox): Hono {
  const app = new Hono()
  app.get('/', (c) => c.json({ messages: mailbox.list(c.req.query('to')).map(view) }))
  app.delete('/', (c) => {
    mailbox.clear()
    return c.body(null, 204)
  })
  app.get('/refusal', (c) => c.json({ refuse: mailbox.refuses }))
  app.put('/refusal', async (c) => {
    const { refuse } = await readJson(c, z.object({ refuse: z.boolean() }))
    mailbox.refuses = refuse
    return c.json({ refuse })
  })
  app.get('/:id', (c) => c.json(view(found(mailbox, c))))
  app.get('/:id/attachments/:index', (c) => attachment(mailbox, c))
  return app
}

/** A message without the bytes of its attachments, which have addresses of their own. */
function view(message: Message) {
  const attachments = message.attachments.map(({ filename, contentType, sizeBytes }, index) => ({
    filename,
    contentType,
    sizeBytes,
    href: `/api/mailbox/${message.id}/attachments/${index}`,
  }))
  return { ...message, attachments }
}

function found(mailbox: Mailbox, c: Context): Message {
  const message = mailbox.get(c.req.param('id') ?? '')
  if (message) return message
  throw new RequestError(
    404,
    'Messaggio sconosciuto',
    'Nessun messaggio ha questo indirizzo: forse la posta è stata svuotata.',
  )
}

function attachment(mailbox: Mailbox, c: Context): Response {
  const index = c.req.param('index') ?? ''
  const part = /^\d{1,3}$/.test(index) ? found(mailbox, c).attachments[Number(index)] : undefined
  if (!part) throw new RequestError(404, 'Allegato sconosciuto', 'Il messaggio non ha questo allegato.')
  const name = encodeURIComponent(part.filename)
  return c.body(Buffer.from(part.contentBase64, 'base64'), 200, {
    // Only what a browser shows harmlessly keeps its type; anything else is a download of bytes.
    'content-type': part.contentType === 'application/pdf' ? part.contentType : 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${name}`,
  })
}
