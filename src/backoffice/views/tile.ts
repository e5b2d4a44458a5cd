/** A number with its name and, where there is more behind it, a link. Texts are in the reader's language. */
export interface Tile {
  readonly label: string
  readonly value: string
  readonly note: string
  readonly href: string | null
  /** `warning` for what somebody should look at; its note says so in words. */
  readonly tone: 'plain' | 'good' | 'warning'
}

/** A word on a coloured ground; the colour says nothing that the word does not. */
export interface Badge {
  readonly text: string
  readonly tone: 'open' | 'paid' | 'waiting' | 'failed' | 'plain'
}
