/** Amounts are whole euro cents in a number: the protocol's largest (999999999.99 euro) fits exactly. */
export const MAX_CENTS = 99_999_999_999

/** Writes the wire's decimal: 5000 → `50.00`. */
export function wireAmount(cents: number): string {
  const digits = cents.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Reads the wire's decimal, `\d+\.\d{2}`. The caller has checked the form. */
export function readWireAmount(text: string): number {
  return Number(text.trim().replace('.', ''))
}

/** Reads an amount as a person types it (`50`, `37,5`, `1.250,00`); undefined when it is none or is zero. */
export function parseEuro(text: string): number | undefined {
  const trimmed = text.replace('€', '').trim()
  const match =
    /^([1-9]\d{0,2}(?:\.\d{3})+|\d{1,9})(?:,(\d{1,2}))?$/.exec(trimmed) ??
    /^(\d{1,9})\.(\d{1,2})$/.exec(trimmed)
  if (!match) return undefined
  const cents = Number(match[1]!.replaceAll('.', '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return cents > 0 ? cents : undefined
}

const euros = new Intl.NumberFormat('it-IT', { style: 'currency', currency: 'EUR', useGrouping: 'always' })

/** Writes an amount for people: `1.250,00 €`. */
export function formatEuro(cents: number): string {
  return euros.format(cents / 100)
}
