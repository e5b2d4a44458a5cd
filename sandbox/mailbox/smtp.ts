import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Mailbox } from './mailbox.ts'

const SIZE_MOST = 20 * 1024 * 1024

/** Opens the SMTP server that fills the mailbox: no sign-in, no encryption, any recipient. */
export async function listenSmtp(
  mailbox: Mailbox,
  at: { host: string; port: number },
): Promise<{ port: number; close(): Promise<void> }> {
  const server = new SMTPServer({
    banner: 'Sandbox di Borsellino',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: SIZE_MOST,
    closeTimeout: 1_000,
    // A server that refuses names whom it refuses, as real ones do.
    onRcptTo: ({ address }, _session, done) => {
      if (!mailbox.refuses) return done()
      const refusal = new Error(`<${address}>: Simulazione: posta rifiutata per ora`)
      return done(Object.assign(refusal, { responseCode: 451 }))
    },
    onData: (stream, session, done) => {
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      mailbox.receive(stream, recipients).then(
        () => done(),
        (error: Error) => done(error),
      )
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  // A client that hangs up in the middle is the client's business: the message was not kept, and it knows.
  server.on('error', (error) => process.stderr.write(`sandbox smtp: ${error.message}\n`))
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
