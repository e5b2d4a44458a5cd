import { setTimeout as sleep } from 'node:timers/promises'
import type { TestHouse } from './house.ts'

export interface Letter {
  readonly id: string
  readonly subject: string
  readonly text: string
}

/** What has arrived at an address so far, the newest first. */
export async function lettersTo({ sandboxUrl }: TestHouse, address: string): Promise<Letter[]> {
  const response = await fetch(`${sandboxUrl}/api/mailbox?to=${encodeURIComponent(address)}`)
  return ((await response.json()) as { messages: Letter[] }).messages
}

/** Waits until an address has `count` letters, and answers the newest. */
export async function letterTo(world: TestHouse, address: string, count = 1): Promise<Letter> {
  const end = Date.now() + 20_000
  for (;;) {
    const letters = await lettersTo(world, address)
    if (letters.length >= count) return letters[0]!
    if (Date.now() > end) throw new Error(`${letters.length} letters came to ${address}, not ${count}`)
    await sleep(40)
  }
}

/** The path of the button in a letter. */
export function linkIn({ text }: Letter): string {
  const [address] = /https?:\/\/\S+/.exec(text) ?? []
  if (!address) throw new Error('the letter has no link')
  const { pathname, search } = new URL(address)
  return pathname + search
}
