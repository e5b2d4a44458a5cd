import { expect, test } from 'vitest'
import { translator } from '#core/i18n.ts'
import { browserLabel, deviceText } from './device.ts'

test.each([
  [
    'Mozilla/5.0 (Linux; Android 16; SM-X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome · Android',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16; SM-X) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    'Samsung Internet · Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    'Safari · iPhone',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 CriOS/140.0 Mobile/15E148 Safari/604.1',
    'Chrome · iPhone',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge · Windows',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox · macOS'],
  ['curl/8.0', null],
  ['<b>Chrome/1</b>'.repeat(100), 'Chrome'],
  [undefined, null],
])('%s is %s', (agent, label) => {
  expect(browserLabel(agent)).toBe(label)
})

test('its owner reads it in plain words', () => {
  const t = translator('it')
  const said = (face: 'portal' | 'app', device: string | null) => deviceText(t, { face, device })
  expect(said('portal', 'Chrome · Android')).toBe('Chrome su Android')
  expect(said('portal', 'Chrome')).toBe('Chrome')
  expect(said('portal', null)).toBe('Dispositivo sconosciuto')
  expect(said('app', 'telefono di Elena')).toBe('App «telefono di Elena»')
  expect(said('app', null)).toBe('App')
})
