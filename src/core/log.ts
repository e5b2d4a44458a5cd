import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'

export type Log = Logger

/**
 * Structured logs on standard output. Fields that could hold a person's data are cut off by name; errors are told
 * by type, code, message and stack, never with the database's detail, which quotes values. Tests alone give another
 * destination.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.email', '*.password', '*.fiscalCode', '*.token', '*.authorization', '*.cookie'],
      censor: '…',
    },
    serializers: { error: describeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {}
  return { type: error.name, ...code, message: error.message, stack: error.stack, ...cause }
}
