import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AUDIT_ACTIONS } from '#core/audit.ts'
import { DIFFERENCE_KINDS } from '#core/db/reconciliation-schema.ts'
import { FAULTS } from '#core/errors.ts'
import { LANGUAGES, loadCatalogue } from '#core/i18n.ts'
import { templateFiles } from '#core/templates.ts'
import { TIMELINE_SOURCES, TIMELINE_STEPS } from '#core/top-ups/timeline.ts'
import { MOVEMENT_KINDS } from '#portal/views/wallet.ts'

describe('catalogues', () => {
  const [italian, english] = LANGUAGES.map((language) => loadCatalogue(language))

  test('every message exists in every language', () => {
    expect([...english!.keys()].toSorted()).toEqual([...italian!.keys()].toSorted())
  })

  test('a message has the same places in every language', () => {
    const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted()
    const different = [...italian!].filter(
      ([key, text]) => places(text).join() !== places(english!.get(key)!).join(),
    )
    expect(different).toEqual([])
  })

  test('every fault has a title and advice', () => {
    const wanted = Object.keys(FAULTS).flatMap((code) => [`fault.${code}`, `fault.${code}.detail`])
    expect(wanted.filter((key) => !italian!.has(key))).toEqual([])
  })

  test('every act of the audit log has a name', () => {
    const wanted = AUDIT_ACTIONS.map((action) => `audit.${action}`)
    expect(wanted.filter((key) => !italian!.has(key))).toEqual([])
  })

  test('every step of a payment and every kind of movement has a name', () => {
    const wanted = [
      ...TIMELINE_STEPS.map((step) => `timeline.${step.replaceAll('-', '_')}`),
      ...TIMELINE_SOURCES.map((source) => `timeline.source.${source.replaceAll('-', '_')}`),
      ...MOVEMENT_KINDS.map((kind) => `portal.movement.${kind}`),
    ]
    expect(wanted.filter((key) => !italian!.has(key))).toEqual([])
  })

  test('every word of the office about a receipt or a difference has a text', () => {
    const wanted = [
      ...DIFFERENCE_KINDS.flatMap((kind) => [
        `office.difference.${kind}`,
        `office.difference.${kind}.advice`,
      ]),
      ...['0', '3', '4', '8', '9', 'none'].map((code) => `office.line_code.${code}`),
      ...['V1', 'V2', 'BIZ'].map((version) => `office.told.${version}`),
    ]
    expect(wanted.filter((key) => !italian!.has(key))).toEqual([])
  })

  test('every key that a template writes out exists', () => {
    const used = templateFiles().flatMap((file) =>
      [...readFileSync(join('templates', file), 'utf8').matchAll(/\bt "([\w.-]+)"(?=[)}]| \w+=)/g)].map(
        ([, key]) => key!,
      ),
    )
    expect(used.length).toBeGreaterThan(100)
    expect(used.filter((key) => !italian!.has(key))).toEqual([])
  })
})
