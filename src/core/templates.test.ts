import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { loadTemplates, templateFiles } from './templates.ts'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

function templatesOf(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'))
  folders.push(folder)
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), source)
  }
  return loadTemplates(folder)
}

const render = (source: string, view: object, language: 'it' | 'en' = 'it') =>
  templatesOf({ 'page.hbs': source }).render('page', view, language)

describe('templates', () => {
  test('markup in data is shown, never obeyed', () => {
    expect(render('<p title="{{name}}">{{name}}</p>', { name: '"><script>alert(1)</script>' })).not.toMatch(
      /<script|">"/,
    )
  })

  test('markup in the value of a message is escaped too', () => {
    expect(render('{{t "portal.home.greeting" name=name}}', { name: '<b>' })).toBe('Buongiorno, &lt;b&gt;')
  })

  test('the plain text of an e-mail keeps its ampersands', () => {
    const templates = templatesOf({ 'mail.text.hbs': '{{name}}', 'mail.html.hbs': '{{name}}' })
    expect(templates.render('mail.text', { name: 'A & B' }, 'it')).toBe('A & B')
    expect(templates.render('mail.html', { name: 'A & B' }, 'it')).toBe('A &amp; B')
  })

  test('a field that the view lacks throws instead of leaving a hole', () => {
    expect(() => render('{{missing}}', {})).toThrow('missing')
  })

  test('a key without a message throws', () => {
    expect(() => render('{{t "portal.no.such.key"}}', {})).toThrow('portal.no.such.key')
  })

  test('a helper other than ours is refused when templates are loaded', () => {
    expect(() => templatesOf({ 'page.hbs': '{{shout name}}' })).toThrow('shout')
  })

  test('a partial sees what it is handed and nothing of the page', () => {
    const files = { 'page.hbs': '{{> field label="a"}}', 'field.hbs': '{{label}}{{#if hint}}{{hint}}{{/if}}' }
    expect(templatesOf(files).render('page', { hint: 'of the page' }, 'it')).toBe('a')
  })

  test('a layout wraps the page that asks for it', () => {
    const files = {
      'page.hbs': '{{#> frame this title="T"}}{{body}}{{/frame}}',
      'frame.hbs': '[{{title}}|{{> @partial-block this}}]',
    }
    expect(templatesOf(files).render('page', { body: 'B' }, 'it')).toBe('[T|B]')
  })

  test('money, days and instants are written in the language of the reader', () => {
    const view = { cents: -735n, day: '2027-01-01', at: new Date('2026-11-23T14:04:00Z') }
    const source =
      '{{money cents}}|{{date day}}|{{date day style="weekday"}}|{{date day style="long"}}|{{datetime at}}'
    expect(render(source, view)).toBe(
      '−7,35 €|01/01/2027|01/01, venerdì|1° gennaio 2027|23/11/2026, 15:04'.replace(' €', '\u00A0€'),
    )
    expect(render(source, view, 'en')).toBe(
      '−€7.35|01/01/2027|01/01, Friday|1 January 2027|23/11/2026, 15:04',
    )
  })

  test('an amount that is no bigint throws: cents are never floating', () => {
    expect(() => render('{{money cents}}', { cents: 7.35 })).toThrow('bigint')
  })

  test('a notice number is grouped in fours', () => {
    expect(render('{{digits number}}', { number: '301002611000421892' })).toBe('3010 0261 1000 4218 92')
  })

  test('our own templates let through no markup but the drawings that the server makes', () => {
    const raw = templateFiles().flatMap(
      (file) =>
        readFileSync(join('templates', file), 'utf8').match(/\{\{\{[^}]*\}\}\}|\{\{&[^}]*\}\}/g) ?? [],
    )
    const drawings = [
      '{{{bar}}}',
      '{{{qrSvg}}}',
      '{{{sparklineSvg}}}',
      '{{{svg}}}',
      '{{{swatch}}}',
      '{{{topUps.svg}}}',
    ]
    expect([...new Set(raw)].toSorted()).toEqual(drawings)
  })
})
