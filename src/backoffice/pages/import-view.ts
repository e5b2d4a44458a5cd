import { formatDateTime } from '#core/clock.ts'
import { translator, type Translate } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import type { Alert } from '#pages/view.ts'
import type { ImportKind } from '#tenants/imports/kind.ts'
import type { ImportDossier } from '#tenants/imports/read.ts'
import { type Staff } from '../access.ts'
import { mayUse } from '../routes.ts'
import type { OfficeParts } from '../context.ts'
import { frame } from '../frame.ts'
import type { ImportView } from '../views/imports.ts'
import { importsOf } from './import-kind.ts'
import { countTiles, headerFinder, momentOf, problemLine, rowLine, stateBadge } from './import-words.ts'

const REFRESH_SECONDS = 3
const PROBLEMS_SHOWN = 200

/** How a file stands: its progress, its mistakes, what it would change or has changed, and what can be done next. */
export function importView(
  parts: OfficeParts,
  context: PageContext,
  staff: Staff,
  kind: ImportKind,
  found: ImportDossier,
): ImportView {
  const { language } = context.var
  const t = translator(language)
  const { state, result } = found
  const base = importsOf(context)
  const isMoving = !found.isParked && (state === 'checking' || state === 'running')
  const isWrong = state === 'wrong'
  const showsPlan = state === 'checked' || state === 'approval' || state === 'done'
  const shownProblems = isWrong ? (result?.problems.slice(0, PROBLEMS_SHOWN) ?? []) : []
  const headerOf = headerFinder(found, t)
  const more = (shown = 0, count = 0) => (shown < count ? t('imports.first', { shown, count }) : '')
  const wouldWrite = found.added + found.changed > 0
  return {
    ...frame(parts, context, 'imports', alertsOf(context, found, t)),
    parentHref: base,
    id: found.id,
    title: titleOf(found, wouldWrite, t),
    kind: t(`imports.kind.${kind.id}`),
    state: stateBadge(state, t),
    refreshSeconds: isMoving ? REFRESH_SECONDS : null,
    fileName: found.fileName,
    fileRows: found.fileRows,
    uploaded: momentOf(found.uploadedAt, found.uploadedBy, language),
    control: found.control
      ? t('imports.fact.control_value', {
          count: found.control.rows,
          sum: formatMoney(found.control.cents, language),
        })
      : null,
    confirmedBy: found.confirmedBy ?? null,
    approvedBy: found.approvedBy ?? null,
    progress: isMoving ? { label: t(`imports.progress.${state}`), percent: found.percent } : null,
    lead: leadOf(found, wouldWrite, language, t),
    tiles: showsPlan ? countTiles(found, language) : [],
    problems: shownProblems.map((problem) => problemLine(problem, headerOf, t)),
    moreProblems: isWrong ? found.problems - shownProblems.length : 0,
    problemsHref: isWrong ? `${base}/${found.id}/errori.csv` : null,
    uploadHref: `${base}/nuova?tipo=${kind.slug}`,
    news: showsPlan ? (result?.news ?? []).map(({ what, name }) => t(`imports.news.${what}`, { name })) : [],
    changed: showsPlan ? (result?.changed ?? []).map((row) => rowLine(row, t)) : [],
    added: showsPlan ? (result?.added ?? []).map((row) => rowLine(row, t)) : [],
    absent: showsPlan ? (result?.absent.names ?? []) : [],
    absentText: t(kind.id === 'attendance' ? 'imports.absent_attendance' : 'imports.absent_text'),
    changedNote: more(result?.changed.length, found.changed),
    addedNote: more(result?.added.length, found.added),
    absentNote: more(result?.absent.names.length, result?.absent.count),
    columnsHref: isWrong || state === 'checked' || state === 'failed' ? `${base}/${found.id}?colonne` : null,
    confirm: state === 'checked' && wouldWrite ? confirmOf(kind, t) : null,
    approval: state === 'approval' ? approvalOf(found, staff, t) : null,
    mayWithdraw: found.isParked || ['checking', 'wrong', 'checked', 'approval', 'failed'].includes(state),
    mayRetry: found.isParked,
    report: showsPlan ? (result ? 'offered' : 'gone') : null,
    errors: {},
  }
}

function alertsOf(context: PageContext, { state, reason }: ImportDossier, t: Translate): Alert[] {
  const alerts: Alert[] = []
  if (context.req.query('fatto') === 'stato') alerts.push({ kind: 'info', text: t('imports.notice.state') })
  if (reason === 'register-changed' && (state === 'checked' || state === 'wrong'))
    alerts.push({ kind: 'warning', text: t('imports.changed_meanwhile') })
  return alerts
}

function titleOf({ state, problems, isParked }: ImportDossier, wouldWrite: boolean, t: Translate): string {
  if (isParked) return t('imports.parked.title')
  if (state === 'wrong') return t('imports.wrong.title', { count: problems })
  if (state === 'checked') return t(wouldWrite ? 'imports.checked.title' : 'imports.checked.same')
  if (state === 'approval') return t('imports.approve.title')
  if (state === 'done' || state === 'failed') return t(`imports.${state}.title`)
  return t(`imports.state.${state}`)
}

function leadOf(
  { state, finishedAt, isParked }: ImportDossier,
  wouldWrite: boolean,
  language: Parameters<typeof translator>[0],
  t: Translate,
): string {
  if (isParked) return t('imports.parked.text')
  if (state === 'wrong' || state === 'failed') return t(`imports.${state}.text`)
  if (state === 'checked') return t(wouldWrite ? 'imports.checked.text' : 'imports.checked.nothing')
  if (state === 'approval') return t('imports.approve.text')
  if (state === 'done')
    return t('imports.done.text', { at: finishedAt ? formatDateTime(finishedAt, language) : '' })
  if (state === 'checking' || state === 'running') return t(`imports.progress.${state}_lead`)
  return t(`imports.over.${state}`)
}

function confirmOf({ controlColumn }: ImportKind, t: Translate): ImportView['confirm'] {
  const suffix = controlColumn === undefined ? '' : '_money'
  return { text: t(`imports.confirm.text${suffix}`), button: t(`imports.confirm.submit${suffix}`) }
}

/** Whoever handed a file in or confirmed it is not the one to approve it. */
function approvalOf(found: ImportDossier, { accountId, role }: Staff, t: Translate): ImportView['approval'] {
  const isOwn = found.uploadedById === accountId || found.confirmedById === accountId
  const mayApprove = !isOwn && mayUse(role, 'POST /importazioni/:id/approva')
  return { text: t(isOwn ? 'imports.approve.yours' : 'imports.approve.check'), mayApprove }
}
