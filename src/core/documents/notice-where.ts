import type { ReactElement } from 'react'
import { barBaseline, GRID, TYPE } from './grid.ts'
import type { Notice } from './notice-data.ts'
import { bodyOf, line, pair, paragraphs, setPair } from './notice-second.ts'
import { breakLines, leadingOf } from './typesetting.ts'

const SITE = 'pagopa.gov.it'
const WIDTH = 210

export interface WherePlan {
  readonly onlineBaseline: number
  readonly localBaseline: number
  /** The last baseline of the module. */
  readonly end: number
  readonly size: number
  readonly texts: readonly ReactElement[]
}

/**
 * Module 3.2: the channels, in wording that must not be altered. Its two parts move with the entity's name. Plans
 * come from the best to the least room it can do with: smaller type in two languages, at last naming no entity.
 */
export function* wherePlans(notice: Notice): Generator<WherePlan, void> {
  const sizes = notice.second ? [8, 7.5, 7] : [8]
  for (const onlineKey of ['document.notice.online', 'document.notice.online_short'])
    for (const size of sizes) yield lay(notice, onlineKey, size)
}

function lay(notice: Notice, onlineKey: string, size: number): WherePlan {
  const { t, second, creditorName } = notice
  const values = { creditor: creditorName }
  const textsOf = (key: string) => ({ italian: t(key, values), second: second?.t(key, values) })
  const body = bodyOf(size)
  const italianLines = breakLines(t(onlineKey, values), body, WIDTH, Infinity).length
  const onlineBaseline = italianLines <= 2 && !second ? 301.7 : 294
  const at = (baseline: number) => ({ x: GRID.right, baseline: baseline + 13.5, width: WIDTH, size })
  const online = paragraphs(notice, textsOf(onlineKey), at(onlineBaseline))
  const localBaseline = online.end + leadingOf(body) + (second ? 6.5 : italianLines > 3 ? 5 : 10.4)
  const local = paragraphs(notice, textsOf('document.notice.local'), at(localBaseline))
  const heading = (key: string, baseline: number) =>
    setPair(notice, key, TYPE.barTitle, { x: GRID.right, baseline, width: WIDTH }, { capitals: true })
  return {
    onlineBaseline,
    localBaseline,
    end: local.end,
    size,
    texts: [
      ...bar(notice),
      ...heading('document.notice.online_title', onlineBaseline),
      ...online.elements,
      ...heading('document.notice.local_title', localBaseline),
      ...local.elements,
    ],
  }
}

/** The title, and where to learn more. */
function bar(notice: Notice): ReactElement[] {
  const baseline = barBaseline(GRID.bars.amount)
  const more = pair(notice, 'document.notice.where_go', TYPE.body, 60)
  return [
    ...setPair(
      notice,
      'document.notice.where_title',
      TYPE.barTitle,
      { x: GRID.right, baseline, width: 130 },
      { capitals: true },
    ),
    ...line([...more, { value: SITE, style: { face: 'bold', size: 10 } }], {
      x: GRID.rightEnd,
      baseline,
      align: 'right',
    }),
  ]
}
