import type { Disposition, Irregularity, TopUpState } from '#core/db/schema.ts'
import { translator, type Language } from '#core/i18n.ts'
import type { Badge } from '../views/tile.ts'

const STATE_TONES: Record<TopUpState, Badge['tone']> = {
  open: 'open',
  paid: 'paid',
  expired: 'failed',
  cancelled: 'plain',
}

/** The state of a payment in words. */
export function stateBadge(state: TopUpState, language: Language): Badge {
  return { text: translator(language)(`portal.state.${state}`), tone: STATE_TONES[state] }
}

const DISPOSITION_TONES: Record<Disposition, Badge['tone']> = {
  credited: 'paid',
  'suspense-paid-twice': 'open',
  'suspense-unknown': 'open',
  'outcome-ko': 'failed',
  'other-intermediary': 'plain',
  'no-share': 'plain',
}

/** What was done with the money of a receipt, in words. */
export function dispositionBadge(disposition: Disposition, language: Language): Badge {
  return {
    text: translator(language)(`office.disposition.${disposition}`),
    tone: DISPOSITION_TONES[disposition],
  }
}

/** What is odd about a receipt, in words. */
export function irregularityWords(irregularities: readonly Irregularity[], language: Language): string[] {
  const t = translator(language)
  return irregularities.map((one) => t(`office.irregularity.${one}`))
}

/** The raw receipt's address. */
export function rawHref(base: string, receiptRowId: string): string {
  return `${base}/ricevute/${receiptRowId}.xml`
}
