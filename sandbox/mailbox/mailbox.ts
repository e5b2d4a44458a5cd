import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { simpleParser } from 'mailparser'
import type { AddressObject } from 'mailparser'
import type { Collection, Store, StoredRecord } from '../state/store.ts'

export interface Attachment {
  readonly filename: string
  readonly contentType: string
  readonly sizeBytes: number
  readonly contentBase64: string
}

/** A message that came in over SMTP. */
export interface Message extends StoredRecord {
  readonly from: string
  /** Whom the envelope named: hidden copies too. */
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html?: string
  readonly attachments: readonly Attachment[]
}

/** The mailbox of everybody: it keeps whatever is sent to whomever. */
export class Mailbox {
  readonly #messages: Collection<Message>
  readonly #now: () => Date
  /** While true every message is refused for now (451): for tests of what the sender then does. */
  refuses = false

  constructor(store: Store, now: () => Date) {
    this.#messages = store.collection<Message>('messages', { most: 500 })
    this.#now = now
  }

  /** Reads a message off the wire and keeps it. */
  async receive(source: Readable, recipients: readonly string[]): Promise<Message> {
    const parsed = await simpleParser(source)
    return this.#messages.put({
      id: randomUUID(),
      createdAt: this.#now().toISOString(),
      from: parsed.from?.text ?? '',
      to: recipients.length > 0 ? recipients : addresses(parsed.to),
      subject: parsed.subject ?? '(senza oggetto)',
      text: parsed.text ?? '',
      ...(parsed.html === false ? {} : { html: parsed.html }),
      attachments: parsed.attachments.map((attachment, index) => ({
        filename: attachment.filename ?? `allegato-${index + 1}`,
        contentType: attachment.contentType,
        sizeBytes: attachment.size,
        contentBase64: attachment.content.toString('base64'),
      })),
    })
  }

  /** Messages, newest first; with an address only those sent to it. */
  list(to?: string): Message[] {
    const wanted = to?.trim().toLowerCase()
    const all = this.#messages.all().toReversed()
    return wanted
      ? all.filter((message) => message.to.some((address) => address.toLowerCase() === wanted))
      : all
  }

  get(id: string): Message | undefined {
    return this.#messages.get(id)
  }

  /** Empties the mailbox. */
  clear(): void {
    for (const { id } of this.#messages.all()) this.#messages.delete(id)
  }
}

function addresses(to: AddressObject | AddressObject[] | undefined): string[] {
  return [to ?? []].flat().flatMap((group) => group.value.flatMap(({ address }) => address ?? []))
}
