import { expect, test } from 'vitest'
import { appLinks, policySource } from './app-links.ts'

const anywhere = { loopback: false }

test('https links and schemes of an app’s own are taken as they are written', () => {
  const links = ['https://app.example.org/accesso?x=1', 'org.example.app:/accesso', 'borsellino://accesso']
  expect(appLinks(` ${links.join('\n')} `, anywhere)).toEqual(links)
  expect(appLinks('', anywhere)).toEqual([])
  expect(links.map(policySource)).toEqual(['https://app.example.org', 'org.example.app:', 'borsellino:'])
})

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'http://app.example.org/',
  'http://127.0.0.1:3000/',
  'https://app.example.org/#x',
  'https://user:secret@app.example.org/',
  '/accesso',
  'app.example.org',
])('%s is no link of an app', (link) => {
  expect(() => appLinks(link, anywhere)).toThrow(link)
})

test('an address of this very machine is taken where one tries things out', () => {
  const loopback = { loopback: true }
  expect(appLinks('http://127.0.0.1:4000/accesso', loopback)).toHaveLength(1)
  expect(() => appLinks('http://192.0.2.1/accesso', loopback)).toThrow('192.0.2.1')
})
