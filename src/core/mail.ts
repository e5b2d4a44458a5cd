import { createTransport } from 'nodemailer'
import { UpstreamError } from './errors.ts'

export interface Message {
  /** Names the message: sent twice after a crash, a mailbox can tell that it is one. */
  id: string
  to: string
  subject: string
  text: string
  html: string
  attachments?: readonly { filename: string; content: Uint8Array; contentType: string }[]
}

export interface Mailer {
  /** @throws UpstreamError; not retryable when the server refuses the message for good */
  send(message: Message): Promise<void>
  close(): void
}

/** Sends through one SMTP server, with short timeouts: a job tries again, nobody waits. */
export function createMailer(url: string, from: string): Mailer {
  const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 }
  const transport = createTransport({ url, pool: true, maxConnections: 3, ...timeouts }, { from })
  return {
    async send({ id, to, subject, text, html, attachments = [] }) {
      try {
        await transport.sendMail({
          messageId: `<${id}@borsellino>`,
          to,
          subject,
          text,
          html,
          attachments: attachments.map(({ content, ...rest }) => ({
            ...rest,
            content: Buffer.from(content),
          })),
        })
      } catch (error) {
        const status =
          error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : undefined
        // SMTP 5xx is a refusal for good (RFC 5321 §4.2.1); anything else may pass.
        const refused = status !== undefined && status >= 500 && status < 600
        throw new UpstreamError(`mail was not taken (${status ?? 'no answer'})`, {
          retryable: !refused,
          ...(status === undefined ? {} : { status }),
          cause: withoutAddresses(error),
        })
      }
    },
    close: () => transport.close(),
  }
}

/** What a server said, for the log: servers name whom they refuse, and a log names nobody. */
function withoutAddresses(error: unknown): Error {
  const said = error instanceof Error ? error.message : 'unknown'
  return new Error(said.replaceAll(/[^\s<>:,;"']+@[^\s<>:,;"']+/g, '…'))
}
