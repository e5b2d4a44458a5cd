import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await setStage()
})
afterEach(() => stage.close())

const send = (more: object = {}) =>
  createTransport({ host: '127.0.0.1', port: stage.sandbox.smtpPort, ignoreTLS: true }).sendMail({
    from: 'Borsellino <borsellino@comune.example>',
    to: 'Genitore@posta.example',
    subject: 'Avviso di pagamento è pronto',
    text: 'Buongiorno',
    html: '<p>Buongiorno</p><script>alert(1)</script>',
    attachments: [
      { filename: 'avviso à.pdf', content: Buffer.from('%PDF-1.7 ciao'), contentType: 'application/pdf' },
    ],
    ...more,
  })
const list = async (query = '') => (await stage.call('GET', `/api/mailbox${query}`)).body.messages

test('a message is kept with its texts and its attachment, byte by byte', async () => {
  await send()
  const [message] = await list('?to=genitore@posta.example')
  expect(message).toMatchObject({ subject: 'Avviso di pagamento è pronto', to: ['Genitore@posta.example'] })
  expect(message.attachments).toMatchObject([
    { filename: 'avviso à.pdf', contentType: 'application/pdf', sizeBytes: 13 },
  ])
  const download = await fetch(stage.sandbox.url + message.attachments[0].href)
  expect(download.headers.get('content-type')).toBe('application/pdf')
  expect(await download.text()).toBe('%PDF-1.7 ciao')
  expect(await list('?to=altri@posta.example')).toEqual([])
})

test('a message cannot run anything in the reader', async () => {
  await send()
  const [message] = await list()
  const page = await (await fetch(`${stage.sandbox.url}/posta/${message.id}`)).text()
  expect(page).toContain('<iframe')
  expect(page).not.toContain('<script>')
  const body = await fetch(`${stage.sandbox.url}/posta/${message.id}/corpo`)
  expect(body.headers.get('content-security-policy')).toMatch(/default-src 'none';.*sandbox allow-popups/)
})

test('told to refuse, the server refuses for now and keeps nothing', async () => {
  await stage.call('PUT', '/api/mailbox/refusal', { refuse: true })
  await expect(send()).rejects.toMatchObject({ responseCode: 451 })
  await stage.call('PUT', '/api/mailbox/refusal', { refuse: false })
  await send()
  expect(await list()).toHaveLength(1)
})

test('the mailbox can be emptied', async () => {
  await send({ attachments: [] })
  expect((await stage.call('DELETE', '/api/mailbox')).status).toBe(204)
  expect(await list()).toEqual([])
  expect((await fetch(`${stage.sandbox.url}/posta/nessuno`)).status).toBe(404)
})
