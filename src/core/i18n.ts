import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invariant } from './errors.ts'

/** Languages with a catalogue. Italian is the source: every key exists there first. */
export const LANGUAGES = ['it', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** Looks a message up and fills its `{name}` places. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string

const folder = fileURLToPath(new URL('../../locales', import.meta.url))
const catalogues = new Map(LANGUAGES.map((language) => [language, loadCatalogue(language)]))

/** All messages of one language: the files of `locales/<language>/`, each a flat object, laid together. */
export function loadCatalogue(language: Language): ReadonlyMap<string, string> {
  const messages = new Map<string, string>()
  const files = readdirSync(join(folder, language)).filter((file) => file.endsWith('.json'))
  for (const file of files.toSorted()) {
    const content = JSON.parse(readFileSync(join(folder, language, file), 'utf8')) as Record<string, string>
    for (const [key, text] of Object.entries(content)) {
      invariant(!messages.has(key), `message ${key} stands twice in locales/${language}`)
      messages.set(key, text)
    }
  }
  return messages
}

/**
 * The translator of one language. A key missing there falls back to Italian; one missing in Italian too is a
 * bug of ours and throws. `key_one` serves a `count` of 1 where the catalogue has it.
 */
export function translator(language: Language): Translate {
  const own = catalogues.get(language)!
  const source = catalogues.get('it')!
  return (key, values = {}) => {
    const singular = values.count === 1 ? `${key}_one` : key
    const text = own.get(singular) ?? own.get(key) ?? source.get(singular) ?? source.get(key)
    invariant(text !== undefined, `no message for ${key}`)
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name]
      invariant(value !== undefined, `message ${key} needs a value for ${name}`)
      return String(value)
    })
  }
}

/** Whether the catalogue has a text: for what may bring words along and need not. */
export function hasMessage(key: string): boolean {
  return catalogues.get('it')!.has(key)
}

/** The first language of an Accept-Language header that we speak, within those the entity offers. */
export function negotiateLanguage(header: string | undefined, offered: readonly Language[]): Language {
  const wanted = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = parameters.find((one) => one.trim().startsWith('q='))
      return {
        language: tag.slice(0, 2).toLowerCase(),
        weight: quality ? Number(quality.trim().slice(2)) : 1,
      }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
  for (const { language } of wanted) {
    const match = offered.find((one) => one === language)
    if (match) return match
  }
  return offered[0] ?? 'it'
}

/** True for the code of a language with a catalogue. */
export function isLanguage(text: string | undefined): text is Language {
  return LANGUAGES.some((language) => language === text)
}
