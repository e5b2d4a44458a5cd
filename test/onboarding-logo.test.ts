import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openDesk } from '#core/desk.ts'
import { readGrey } from '#core/documents/reading.ts'
import { cents } from '#core/money.ts'
import { openTopUps } from '#core/top-ups/open.ts'
import { createLeaflets, leafletTag } from '#tenants/leaflet/leaflets.ts'
import { changeLogo, cleanLogo } from '#tenants/onboarding/logo.ts'
import { LogoFault } from '#tenants/onboarding/logo-raster.ts'
import { openTestHouse } from './support/house.ts'
import { officeClient } from './support/office.ts'
import { formAt, freshTenant } from './support/onboarding.ts'
import { until } from './support/process.ts'
import { paidThings } from './support/things.ts'

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A PNG of one colour, with whatever else is put between its parts. */
function png(width = 40, height = 48, { more = [] as Buffer[], rows = height, after = '' } = {}): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', deflateSync(Buffer.alloc(rows * (1 + width * 4)))),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(after),
  ])
}

/** The bones of a JPEG: tables aside, what a reader of its parts sees. */
function jpeg({ width = 40, height = 48, more = [] as Buffer[], after = '' } = {}): Buffer {
  const segment = (marker: number, data: Buffer) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(data.length + 2)
    return Buffer.concat([Buffer.from([0xff, marker]), length, data])
  }
  const frame = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...more,
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, frame),
    segment(0xc4, Buffer.alloc(19)),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
    Buffer.from([0xff, 0xd9]),
    Buffer.from(after),
  ])
}

const svg = (inside: string, root = 'viewBox="0 0 40 48"') =>
  Buffer.from(
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${root}>${inside}</svg>`,
  )
const SHAPE = '<path d="M2 2h36v24z" fill="#b3261e"/>'

function problemOf(bytes: Buffer): string {
  try {
    return `taken as ${cleanLogo(bytes).kind}`
  } catch (error) {
    if (error instanceof LogoFault) return error.problem
    throw error
  }
}

describe('a picture is kept without what is no picture', () => {
  test('of a PNG the words, times and places go', () => {
    const words = chunk('tEXt', Buffer.from('Author\0Ugo <script>alert(1)</script>'))
    const cleaned = cleanLogo(png(40, 48, { more: [words, chunk('eXIf', Buffer.from('Roma'))] }))
    expect(cleaned).toEqual({ kind: 'png', bytes: png() })
  })

  test('of a JPEG the comments and the camera’s notes go', () => {
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 14]), Buffer.from('<script>x</>')])
    const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 10]), Buffer.from('Exif\0\0Ro')])
    expect(cleanLogo(jpeg({ more: [comment, exif] }))).toEqual({ kind: 'jpg', bytes: jpeg() })
  })

  test('an SVG is written anew out of shapes, paints and numbers', () => {
    const drawn = svg(
      '<!-- Ugo --><metadata><x:y xmlns:x="urn:x" secret="1">Ugo</x:y></metadata><title>Stemma</title>' +
        '<defs><linearGradient id="a" xlink:href="#b"><stop offset="0" style="stop-color:#fff; font-family: Ugo"/></linearGradient></defs>' +
        '<g data-x="1" class="c"><path d="M2 2h36" fill="url(#a)" style="stroke: red; position: fixed"/></g>',
      'width="40" height="48px"',
    )
    expect(cleanLogo(drawn).bytes.toString()).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 48"><defs>' +
        '<linearGradient id="a" href="#b"><stop offset="0" stop-color="#fff"></stop></linearGradient></defs>' +
        '<g><path d="M2 2h36" fill="url(#a)" stroke="red"></path></g></svg>',
    )
  })
})

test.each([
  ['a page that calls itself a picture', Buffer.from('<html><svg></svg></html>'), 'no_picture'],
  ['a GIF', Buffer.from('GIF89a/*'), 'no_picture'],
  ['a PDF', Buffer.from('%PDF-1.7'), 'no_picture'],
  ['an empty file', Buffer.alloc(0), 'no_picture'],
  ['a file of more than 512 KB', Buffer.concat([png(), Buffer.alloc(520 * 1024)]), 'too_heavy'],
  ['a PNG of 20,000 × 20,000 pixels', png(20_000, 20_000, { rows: 1 }), 'too_large'],
  ['a PNG that unpacks to more than it says', png(4, 4, { rows: 5_000 }), 'damaged'],
  ['a PNG that unpacks to less than it says', png(40, 48, { rows: 2 }), 'damaged'],
  ['a PNG with a zip behind it', png(40, 48, { after: 'PK\x03\x04' }), 'more_than_picture'],
  ['a PNG with one byte changed', Buffer.from(png()).fill(1, 20, 21), 'damaged'],
  ['half a PNG', png().subarray(0, 60), 'damaged'],
  ['a JPEG with a page behind it', jpeg({ after: '<script>' }), 'more_than_picture'],
  ['a JPEG of 20,000 pixels', jpeg({ width: 20_000 }), 'too_large'],
  ['half a JPEG', jpeg().subarray(0, 120), 'damaged'],
  ['a drawing with a program', svg(`${SHAPE}<script>alert(1)</script>`), 'drawing_scripts'],
  ['one inside what would be dropped', svg(`${SHAPE}<metadata><script/></metadata>`), 'drawing_scripts'],
  [
    'one of another namespace',
    svg(`${SHAPE}<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>`),
    'drawing_scripts',
  ],
  ['an event', svg(`<path d="M0 0" onclick="alert(1)"/>`), 'drawing_scripts'],
  ['an event at the root', svg(SHAPE, 'viewBox="0 0 1 1" onload="alert(1)"'), 'drawing_scripts'],
  ['an animation', svg(`${SHAPE}<animate attributeName="href"/>`), 'drawing_scripts'],
  ['a link that runs', svg(`<a xlink:href="javascript:alert(1)">${SHAPE}</a>`), 'drawing_reaches_out'],
  ['a picture from elsewhere', svg(`<image href="https://example.org/x.png"/>`), 'drawing_reaches_out'],
  [
    'a paint from elsewhere',
    svg(`<path d="M0 0" fill="url(https://example.org/#a)"/>`),
    'drawing_reaches_out',
  ],
  ['the same in a style', svg(`<path d="M0 0" style="fill:url('//example.org/a')"/>`), 'drawing_reaches_out'],
  ['a page inside', svg('<foreignObject/>'), 'drawing_reaches_out'],
  [
    'a shape that is used a thousand times',
    svg(`<g id="a">${SHAPE}</g><use href="#a"/>`),
    'drawing_reaches_out',
  ],
  ['a style sheet', svg(`<style>@import url(//example.org)</style>${SHAPE}`), 'drawing_sheet'],
  [
    'an entity',
    Buffer.from(`<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>`),
    'no_picture',
  ],
  [
    'a stylesheet instruction',
    Buffer.from('<?xml-stylesheet href="x"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'),
    'drawing_unreadable',
  ],
  ['a drawing of nothing', svg(''), 'drawing_unreadable'],
  ['a drawing without a size', svg(SHAPE, ''), 'drawing_size'],
  ['text', svg(`${SHAPE}<text>Ugo</text>`), 'drawing_unreadable'],
  ['30,000 shapes', svg('<path d="M0 0"/>'.repeat(15_000)), 'drawing_unreadable'],
])('%s is refused', (_, bytes, problem) => {
  expect(problemOf(bytes)).toBe(problem)
})

describe('at the office', async () => {
  const world = await openTestHouse()
  const { services } = world.house
  const path = '/avvio/aspetto'

  test('a logo is handed in, served from an address of its own that runs nothing, and taken back', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const post = async (bytes: Buffer | undefined, azione = 'carica') => {
      const body = new FormData()
      body.set('form', (await formAt(office, path)).form!)
      body.set('azione', azione)
      if (bytes) body.set('file', new File([new Uint8Array(bytes)], 'virus.exe', { type: 'text/html' }))
      return office.post(`${path}/logo`, body)
    }
    expect((await post(undefined)).text).toContain('Scegliere prima un file')
    expect((await post(svg('<script/>'))).status).toBe(422)
    expect((await post(svg(SHAPE))).status).toBe(303)
    const { logo } = (await freshTenant(world, tenant.id)).branding
    const href = /src="(\/logo\/[^"]+)"/.exec((await office.get(path)).text)![1]!
    expect(href).toBe(`/logo/${tenant.slug}-${logo!.hash.slice(0, 10)}.svg`)
    const served = await fetch(world.url + href)
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    })
    expect(await served.text()).toContain('fill="#b3261e"')
    expect((await post(png())).status).toBe(303)
    const rows = await world.database.owner
      .selectFrom('tenant_logos')
      .select('kind')
      .where('tenant_id', '=', tenant.id)
      .execute()
    expect(rows).toEqual([{ kind: 'png' }])
    expect((await post(undefined, 'togli')).status).toBe(303)
    expect((await freshTenant(world, tenant.id)).branding.logo).toBeNull()
    const log = await world.database.owner
      .selectFrom('audit_log')
      .select('details')
      .where('tenant_id', '=', tenant.id)
      .where('action', '=', 'settings.logo_changed')
      .orderBy('id')
      .execute()
    expect(log.map(({ details }) => (details as { kind: string }).kind)).toEqual(['svg', 'png', null])
  })

  test('a colour is previewed without being saved; one too pale is told which shade will be used', async () => {
    const tenant = await world.addTenant()
    const office = await officeClient(world, tenant)
    const form = await formAt(office, path)
    const shown = await office.post(path, { ...form, primaryColor: 'ffd54f', azione: 'anteprima' })
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('href="/theme/anteprima/ffd54f.css"')
    expect(shown.text).toMatch(/1,4<\/output>/)
    const darker = /useremo (#[0-9a-f]{6})/.exec(shown.text)![1]!
    const sheet = await (await fetch(`${world.url}/theme/anteprima/ffd54f.css`)).text()
    expect(sheet).toMatch(new RegExp(`^\\.look-preview\\{--tenant-primary:${darker};`))
    expect((await freshTenant(world, tenant.id)).branding).toEqual(tenant.branding)
    expect((await office.post(path, { ...form, primaryColor: '#FFD54F', azione: 'salva' })).status).toBe(303)
    expect((await freshTenant(world, tenant.id)).branding.primaryColor).toBe('#ffd54f')
    expect((await office.post(path, { ...form, primaryColor: 'giallo' })).status).toBe(422)
    for (const file of ['x.css', 'ffd54f}x.css', '12345.css'])
      expect((await fetch(`${world.url}/theme/anteprima/${file}`)).status).toBe(404)
  })

  test('what is printed shows the entity’s picture: notice, receipt and leaflet, and another picture is another leaflet', async () => {
    const bare = await world.addTenant()
    const { accountId } = await officeClient(world, bare)
    const logo = cleanLogo(svg('<path d="M0 0h40v48h-40z" fill="#000"/>'))
    await changeLogo(services.db, bare.id, logo, accountId, world.clock.now())
    const tenant = await freshTenant(world, bare.id)
    const family = await world.addFamily(tenant, 1)
    const draft = {
      walletId: family.children[0]!.walletId,
      amountCents: cents(2_500),
      accountId: family.accountId,
    }
    const validity = { channelId: 'psp-notice', validDays: 30 }
    const now = world.clock.now()
    const [topUp] = await openTopUps(services.db, services.scheme, tenant, [draft], validity, now)
    const notice = await openDesk(services, tenant, 'psp-notice').noticePdf(topUp!.id, 'it')
    expect(readGrey(notice, 523, 70)).toBe(0)

    const leaflets = createLeaflets(services, world.house.cashier, world.house.identity.federation)
    const sheet = await leaflets.of(tenant, 'it')
    expect(readGrey(await leaflets.pdf(tenant, sheet), 49, 60)).toBe(0)
    const plain = await leaflets.of(bare, 'it')
    expect(leafletTag(plain)).not.toBe(leafletTag(sheet))
    expect(readGrey(await leaflets.pdf(bare, plain), 49, 60)).not.toBe(0)

    const { receiptId } = await paidThings(world, tenant, family)
    const copy = await until(async () => {
      const rows = world.database.owner.selectFrom('receipt_copies').select('pdf')
      return (await rows.where('receipt_id', '=', receiptId).executeTakeFirst())?.pdf
    })
    expect(readGrey(copy, 523, 70)).toBe(0)
  })
})
