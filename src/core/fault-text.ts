import { formatDate } from './clock.ts'
import { DomainError, FAULTS, UpstreamError, type FaultCode, type FaultDetails } from './errors.ts'
import { translator, type Language } from './i18n.ts'
import { formatMoney } from './money.ts'

/** A fault in the reader's words. */
export interface FaultText {
  code: FaultCode
  status: number
  title: string
  detail: string
}

/** The catalogue's code of any error: what is none of ours is an internal failure. */
export function faultCodeOf(error: unknown): FaultCode {
  if (error instanceof DomainError || error instanceof UpstreamError) return error.code
  return 'internal.failure'
}

/** The texts of a fault, with its amounts and days written for people. */
export function faultText(error: unknown, language: Language): FaultText {
  const code = faultCodeOf(error)
  const details = error instanceof DomainError ? readable(error.details, language) : {}
  const t = translator(language)
  return {
    code,
    status: FAULTS[code].status,
    title: t(`fault.${code}`, details),
    detail: t(`fault.${code}.detail`, details),
  }
}

/** `minimumCents` fills `{minimum}` as money, `date` fills `{date}` as a day; anything else goes in as it is. */
function readable(details: FaultDetails, language: Language): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (name.endsWith('Cents'))
        return [name.slice(0, -'Cents'.length), formatMoney(BigInt(value), language)]
      return [
        name,
        name === 'date' && typeof value === 'string' && value ? formatDate(value, language) : value,
      ]
    }),
  )
}
