import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { invariant } from '../errors.ts'
import { type Translate, translator } from '../i18n.ts'
import type { NoticeLanguage } from './notice-data.ts'

/*
 * The fixed texts of the notice. Italian and English are the official ones and live in the catalogues of the portal;
 * German is no language of the portal and has a file of its own, which says of itself that it is ours.
 */

const wordingSchema = z.strictObject({
  comment: z.string(),
  /** `provisional` until the official wording is entered. */
  status: z.enum(['provisional', 'official']),
  /** Of the official guide, or the day of our draft. */
  version: z.string(),
  messages: z.record(z.string(), z.string()),
})
export type NoticeWording = z.infer<typeof wordingSchema>

/** The German wording with its standing. */
export const germanWording: NoticeWording = wordingSchema.parse(
  JSON.parse(readFileSync(new URL('../../../locales/notice/de.json', import.meta.url), 'utf8')),
)

/**
 * The fixed texts of the notice in one language. In German a missing text is a bug and throws: what claims the same
 * rank as Italian never falls back to it.
 */
export function noticeTexts(language: NoticeLanguage): Translate {
  if (language !== 'de') return translator(language)
  return (key, values = {}) => {
    const text = germanWording.messages[key]
    invariant(text !== undefined, `the German notice has no text for ${key}`)
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name]
      invariant(value !== undefined, `message ${key} needs a value for ${name}`)
      return String(value)
    })
  }
}
