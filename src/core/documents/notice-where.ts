import { barBaseline, GRID, TYPE } from './grid.ts'
import type { Notice } from './notice-data.ts'
import { breakLines, leadingOf, set, textWidth } from './typesetting.ts'

const SITE = 'pagopa.gov.it'

/** Module 3.2: the channels, in wording that must not be altered. Its two parts move with the entity's name. */
export function wherePlan({ t, title, creditorName }: Notice) {
  const width = 210
  const lines = (key: string, values = {}) => breakLines(t(key, values), TYPE.body, width, 9)
  const named = lines('document.notice.online', { creditor: creditorName })
  const online = named.length <= 4 ? named : lines('document.notice.online_short')
  const onlineBaseline = online.length <= 2 ? 301.7 : 294
  const localBaseline =
    onlineBaseline + 13.5 + online.length * leadingOf(TYPE.body) + (online.length > 3 ? 5 : 10.4)
  const baseline = barBaseline(GRID.bars.amount)
  const site = { face: 'bold', size: 10 } as const
  const part = (heading: string, body: readonly string[], top: number) => [
    set(title(heading), TYPE.barTitle, { x: GRID.right, baseline: top }),
    set(body, TYPE.body, { x: GRID.right, baseline: top + 13.5 }),
  ]
  return {
    onlineBaseline,
    localBaseline,
    texts: [
      set(title('document.notice.where_title'), TYPE.barTitle, { x: GRID.right, baseline }),
      set(SITE, site, { x: GRID.rightEnd, baseline, align: 'right' }),
      set(t('document.notice.where_go'), TYPE.body, {
        x: GRID.rightEnd - textWidth(SITE, site) - 2,
        baseline,
        align: 'right',
      }),
      ...part('document.notice.online_title', online, onlineBaseline),
      ...part('document.notice.local_title', lines('document.notice.local'), localBaseline),
    ],
  }
}
