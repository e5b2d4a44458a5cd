import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ACS,
  asForm,
  asQuery,
  register,
  request,
  SERVICE_ID,
  serviceKey,
  SLO,
} from '../testing/played-service.ts'
import { setStage } from '../testing/stage.ts'
import type { Stage } from '../testing/stage.ts'
import { signed } from '../testing/xml-signer.ts'

const NOW = new Date('2026-11-23T10:00:00Z')
const NORA = 'NVUNRO85D52Z999B'
let stage: Stage
beforeAll(async () => {
  stage = await setStage({ now: () => NOW })
  await register(stage, 'spid')
  await register(stage, 'cie')
})
afterAll(() => stage.close())

const read = async (path: string) => (await fetch(new URL(path, stage.sandbox.url))).text()
const base = (id: string) => `${stage.sandbox.url}/sandbox-idp/${id}`

/** Arrives at a provider with a right request; answers the path of its first page. */
async function arrive(id = 'spid-demo'): Promise<string> {
  const query = await asQuery(request(`${base(id)}/sso`, NOW))
  const response = await fetch(`${base(id)}/sso?${query}`, { redirect: 'manual' })
  expect(response.status).toBe(303)
  return response.headers.get('location')!
}

const posted = (page: string) => {
  const message = /name="SAMLResponse" value="([^"]*)"/.exec(page)![1]!
  return Buffer.from(message, 'base64').toString()
}

describe('a person', () => {
  test('sees who asks for what, chooses, sees the values and consents', async () => {
    const path = await arrive()
    const first = await read(path)
    expect(first).toMatch(/AMBIENTE DI PROVA<\/strong> <span>– nessuna identità reale/)
    for (const text of ['Comune di Prova', 'SPID demo (prova)', 'Nora Nuova', 'Codice fiscale']) {
      expect(first).toContain(text)
    }
    const chosen = await stage.submit(`${path}/persona`, { fiscalCode: NORA })
    expect([chosen.status, chosen.headers.get('location')]).toEqual([303, `${path}/consenso`])
    const consent = await read(`${path}/consenso`)
    for (const text of [`TINIT-${NORA}`, 'Acconsento', 'Risposte sbagliate']) expect(consent).toContain(text)
    expect(consent).not.toContain('posta.example')

    const answer = await stage.submit(`${path}/risposta`)
    const page = await answer.text()
    expect(page).toMatch(new RegExp(`<form[^>]*action="${ACS}"[^>]*data-auto`))
    expect(page).toContain('name="RelayState" value="c0ffee"')
    expect(page).toContain('Continua')
    expect(posted(page)).toContain(`>TINIT-${NORA}<`)
  })

  test('arrives by a form, too', async () => {
    const fields = await asForm(request(`${base('spid-altro')}/sso`, NOW))
    const response = await stage.submit('/sandbox-idp/spid-altro/sso', fields)
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/sandbox-idp/accesso/'),
    ])
  })

  test('can have anything go wrong, before choosing and after', async () => {
    const path = await arrive('cie-demo')
    const first = await read(path)
    expect(first.match(/name="error" value="\d+"/g)).toHaveLength(4)
    const cancelled = await stage.submit(`${path}/risposta`, { error: '25' })
    expect(posted(await cancelled.text())).toContain('ErrorCode nr25')
    await stage.submit(`${path}/persona`, { fiscalCode: NORA })
    const wrong = await stage.submit(`${path}/risposta`, { wrong: 'doctype' })
    expect(posted(await wrong.text())).toMatch(/^<!DOCTYPE/)
    expect((await stage.submit(`${path}/risposta`, { wrong: 'anyhow' })).status).toBe(422)
    expect((await stage.submit(`${path}/risposta`, { error: '19' })).status).toBe(422)
  })

  test('sends a repeated answer by hand, twice', async () => {
    const path = await arrive()
    await stage.submit(`${path}/persona`, { fiscalCode: NORA })
    const page = await (await stage.submit(`${path}/risposta`, { wrong: 'replay' })).text()
    expect(page.match(/name="SAMLResponse"/g)).toHaveLength(2)
    expect(page).not.toContain('<script')
  })

  test('who chose nobody is asked again, and an unknown sign-in is a page that says so', async () => {
    const path = await arrive()
    const response = await fetch(new URL(`${path}/consenso`, stage.sandbox.url), { redirect: 'manual' })
    expect(response.headers.get('location')).toBe(path)
    expect((await stage.submit(`${path}/risposta`)).status).toBe(404)
    expect(await read('/sandbox-idp/accesso/nessuno')).toContain('Accesso sconosciuto')
    expect(await read('/sandbox-idp/nessuno/sso')).toContain('Gestore sconosciuto')
  })
})

test('only the page that leaves may run a script, and only ours', async () => {
  const path = await arrive()
  const first = await fetch(new URL(path, stage.sandbox.url))
  expect(first.headers.get('content-security-policy')).not.toContain('script-src')
  const answer = await stage.submit(`${path}/risposta`, { error: '22' })
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  const script = await fetch(new URL('/sandbox-idp/continue.js', stage.sandbox.url))
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

describe('a logout', () => {
  const nameOf = async () => {
    const query = await asQuery(request(`${base('spid-demo')}/sso`, NOW))
    await stage.call('POST', '/api/identity/sign-in', {
      provider: 'spid-demo',
      binding: 'redirect',
      url: `${base('spid-demo')}/sso?${query}`,
      citizen: NORA,
    })
    return (await stage.call('GET', '/api/identity/sessions')).body.sessions[0].nameId as string
  }
  const response = (inResponseTo: string) =>
    `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="2026-11-23T10:00:00Z" Destination="${base('spid-demo')}/slo" InResponseTo="${inResponseTo}"><saml:Issuer>${SERVICE_ID}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>`
  const ask = async () => {
    const order = { provider: 'spid-demo', entityId: SERVICE_ID, nameId: await nameOf() }
    return (await stage.call('POST', '/api/identity/logout', order)).body as { id: string; url: string }
  }
  const last = async () => (await stage.call('GET', '/api/identity/logouts')).body.logouts[0].answer

  test('goes to where the service said, and from the page with one button', async () => {
    expect((await ask()).url).toMatch(
      new RegExp(`^${SLO}\\?SAMLRequest=.*&RelayState=.*&SigAlg=.*&Signature=`),
    )
    expect(await read('/sandbox-idp')).toContain('Fai uscire Nora Nuova da Comune di Prova')
    const left = await stage.submit('/sandbox-idp/esci', {
      provider: 'spid-demo',
      entityId: SERVICE_ID,
      nameId: await nameOf(),
    })
    expect([left.status, left.headers.get('location')?.split('?')[0]]).toEqual([303, SLO])
    const nobody = { provider: 'spid-demo', entityId: 'https://altro.example', nameId: 'x' }
    expect((await stage.call('POST', '/api/identity/logout', nobody)).status).toBe(404)
  })

  test('is answered well by either binding', async () => {
    const first = await ask()
    const query = await asQuery(response(first.id), { parameter: 'SAMLResponse', relayState: first.id })
    expect(await read(`/sandbox-idp/spid-demo/slo?${query}`)).toContain('Il servizio ha chiuso la sessione.')
    const second = await ask()
    const fields = { ...(await asForm(response(second.id), 'SAMLResponse')), RelayState: second.id }
    await stage.submit('/sandbox-idp/spid-demo/slo', fields)
    expect(await last()).toMatchObject({ status: 'Success', isSignatureGood: true, problems: [] })
  })

  test('answered with a stranger’s signature or a wrong RelayState is told so', async () => {
    const first = await ask()
    const key = await serviceKey('stranger')
    const query = await asQuery(response(first.id), { parameter: 'SAMLResponse', key })
    expect(await read(`/sandbox-idp/spid-demo/slo?${query}`)).toContain(
      'La risposta del servizio non va bene.',
    )
    expect(await last()).toMatchObject({
      isSignatureGood: false,
      problems: ['RelayState non è quello mandato'],
    })
    const second = await ask()
    const forged = Buffer.from(signed(response(second.id), key, 'after-issuer')).toString('base64')
    await stage.submit('/sandbox-idp/spid-demo/slo', { SAMLResponse: forged, RelayState: second.id })
    expect(await last()).toMatchObject({ isSignatureGood: false, problems: [] })
  })

  test('that nobody asked for is not taken', async () => {
    const query = await asQuery(response('_nobody'), { parameter: 'SAMLResponse' })
    expect((await fetch(`${base('spid-demo')}/slo?${query}`)).status).toBe(422)
  })
})
