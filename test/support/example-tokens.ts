import type { Translate } from '#core/i18n.ts'
import { STAFF_SCOPES, TOKEN_DAYS } from '#tenants/staff/tokens.ts'
import type { StaffTokenRow, StaffTokensView } from '../../src/backoffice/views/tokens.ts'
import { at, badge, type OfficeExample, type OfficeFrame } from './example-office.ts'

/** The tokens of programs and readers: some, none, and one that was just made. */
export function exampleTokens(frame: OfficeFrame, base: string, t: Translate): OfficeExample[] {
  const parentHref = `${base}/personale/token`
  const row: StaffTokenRow = {
    name: 'Tablet della mensa, Primaria Dante Alighieri di via Roma',
    scopes: `${t('tokens.scope.attendance:write')} · ${t('tokens.scope.meals:read')}`,
    madeBy: 'Maria Antonietta De Benedictis Colombo',
    madeAt: at,
    expiresAt: new Date('2027-05-22T14:05:00Z'),
    usedAt: at,
    state: badge(t('tokens.state.living'), 'paid'),
    revokeHref: `${parentHref}/1/revoca`,
  }
  const list: StaffTokensView = {
    ...frame('staff'),
    parentHref: `${base}/personale`,
    rows: [
      row,
      { ...row, name: 'Cucina', scopes: t('tokens.scope.meals:read'), usedAt: null },
      { ...row, name: 'Tesoreria', state: badge(t('tokens.state.over'), 'plain'), revokeHref: null },
      { ...row, name: 'Lettore', state: badge(t('tokens.state.revoked'), 'plain'), revokeHref: null },
    ],
    scopes: STAFF_SCOPES.map((value) => ({
      name: `ambito-${value.replace(':', '-')}`,
      value,
      label: t(`tokens.scope.${value}`),
      hint: t(`tokens.scope.${value}.hint`),
      checked: value === 'meals:read',
    })),
    days: TOKEN_DAYS.map((count) => ({
      value: String(count),
      label: t('tokens.days_count', { count }),
      selected: count === 180,
    })),
    nameMax: 60,
    values: { name: '' },
    errors: {},
    apiHref: '/api/docs#tag-attendance',
  }
  const wrong = {
    name: t('tokens.error.name', { maximum: 60 }),
    scopes: t('tokens.error.scopes'),
    days: t('tokens.error.days'),
  }
  return [
    { name: 'office-staff-tokens', page: 'office/staff-tokens', view: list },
    {
      name: 'office-staff-tokens-none',
      page: 'office/staff-tokens',
      view: { ...list, rows: [], errors: wrong },
    },
    {
      name: 'office-staff-token',
      page: 'office/staff-token',
      view: {
        ...frame('staff'),
        parentHref,
        name: 'Tablet della mensa',
        token: `borsellino_${'0123456789abcdef'.repeat(2)}_${'esempio-'.repeat(3)}abc`,
        scopes: row.scopes,
        expiresAt: row.expiresAt,
      },
    },
  ]
}
