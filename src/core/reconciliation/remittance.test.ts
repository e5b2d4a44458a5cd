import { describe, expect, test } from 'vitest'
import { readRemittance } from './remittance.ts'

const FLOW = '2026112188888888888000001'

describe('a cumulative credit', () => {
  test.each([
    ['as the standard has it', '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-2188888888888-000001'],
    ['with TXT before URI', '/PUR/LGPE-RIVERSAMENTO/TXT/2/URI/2026-11-2188888888888-000001'],
    ['with blanks for slashes', 'BONIFICO PUR LGPE RIVERSAMENTO URI 2026-11-2188888888888-000001'],
    ['with colons', 'PUR:LGPE-RIVERSAMENTO:URI:2026-11-2188888888888-000001:'],
    ['in small letters', '/pur/lgpe-riversamento/uri/2026-11-2188888888888-000001'],
    ['followed by other words', '/PUR/LGPE-RIVERSAMENTO/URI/2026-11-2188888888888-000001 ORD. BANCA'],
    ['run together', 'PURLGPERIVERSAMENTOURI2026112188888888888000001'],
    ['with a word broken over two lines', '/PUR/LGPE-RIVERSA\r\nMENTO/URI/2026-11-2188888888888-000001'],
  ])('%s names its flow', (_, text) => {
    const read = readRemittance(text)
    expect(read.kind).toBe('cumulative')
    expect(read.flowToken).toBe(FLOW)
    expect(read.flowRest).toMatch(new RegExp(`^${FLOW}`))
  })

  test('with a gap inside the name keeps what follows', () => {
    expect(readRemittance('/PUR/LGPE-RIVERSAMENTO/URI/2026-11-21888 88888888-000001')).toMatchObject({
      flowToken: '20261121888',
      flowRest: FLOW,
    })
  })

  test('cut off before the name is pagoPA’s all the same', () => {
    expect(readRemittance('/PUR/LGPE-RIVERSAMENTO/U')).toEqual({
      kind: 'cumulative',
      flowToken: undefined,
      flowRest: undefined,
      iuv: undefined,
    })
  })
})

describe('a single credit', () => {
  test.each([
    ['as the standard has it', '/RFB/01000000000012345/50.00'],
    ['with blanks for slashes', 'RFB 01000000000012345 50.00'],
    ['with text before and after', 'BONIF /RFB/01000000000012345/50.00/TXT/Ricarica'],
    ['without its last slash', '/RFB/0100000000001234550.00'],
    ['with a gap in the reference', '/RFB/0100000000 0012345/50.00'],
    ['as a structured reference', '/RFS/RF2301000000000012345/50.00'],
  ])('%s names its payment', (_, text) => {
    expect(readRemittance(text)).toMatchObject({ kind: 'single', iuv: '01000000000012345' })
  })

  test('with a legacy reference of 15 digits is read too', () => {
    expect(readRemittance('/RFB/012345678901234/5.00')).toMatchObject({ iuv: '012345678901234' })
  })
})

test.each(['STIPENDI NOVEMBRE', 'PARFB 01000000000012345', 'RFB', 'RFB ROSSI', ''])(
  '“%s” is none of pagoPA’s',
  (text) => {
    expect(readRemittance(text).kind).toBeUndefined()
  },
)
