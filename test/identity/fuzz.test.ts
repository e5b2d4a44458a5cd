import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { schemeNamed } from '#identity/schemes.ts'
import { goodResponse, signAssertion, signBoth } from './forge.ts'
import { desk, judge } from './world.ts'

describe('any single byte changed', () => {
  const isSameOrRefused = async (xml: string, place: number, byte: number) => {
    const bytes = Buffer.from(xml)
    bytes[place % bytes.length] = byte
    const outcome = await schemeNamed('spid')!.finish({ SAMLResponse: bytes.toString('base64') }, desk())
    return !outcome.accepted || JSON.stringify(outcome.identity) === expected
  }
  let expected = ''

  test.each([
    ['both signed', signBoth(goodResponse())],
    ['the Assertion signed', signAssertion(goodResponse())],
  ])('%s: refused, or the same identity', async (_, xml) => {
    const outcome = await judge(xml)
    expected = outcome.accepted ? JSON.stringify(outcome.identity) : ''
    expect(expected).toContain('RSSMRA80A41H501Y')
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 255 }), (place, byte) =>
        isSameOrRefused(xml, place, byte),
      ),
      { numRuns: 1_000 },
    )
  })

  test('every byte of what identifies the person, changed to its neighbour', async () => {
    const xml = signAssertion(goodResponse())
    expected = JSON.stringify(((await judge(xml)) as { identity: unknown }).identity)
    const start = xml.indexOf('<saml:AttributeStatement>')
    const wrong: number[] = []
    for (let place = start; place < xml.indexOf('</saml:AttributeStatement>'); place++) {
      const changed = Buffer.from(xml)
      changed[place] = changed[place]! ^ 1
      const outcome = await schemeNamed('spid')!.finish({ SAMLResponse: changed.toString('base64') }, desk())
      if (outcome.accepted) wrong.push(place)
    }
    expect(wrong).toEqual([])
  }, 60_000)
})
