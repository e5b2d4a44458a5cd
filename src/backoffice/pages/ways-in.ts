import { formatDate, romeDate } from '#core/clock.ts'
import { translator, type Language } from '#core/i18n.ts'

/** How a guardian signs in, in words. */
export function waysIn(
  { hasPassword, identitySince }: { hasPassword: boolean; identitySince: Date | null | undefined },
  language: Language,
): string {
  const t = translator(language)
  const ways = [
    ...(identitySince
      ? [t('office.accounts.identity', { date: formatDate(romeDate(identitySince), language) })]
      : []),
    ...(hasPassword ? [t('office.accounts.password')] : []),
  ]
  return ways.length > 0 ? ways.join(', ') : t('office.accounts.no_way')
}
