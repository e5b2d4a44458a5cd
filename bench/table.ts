import { isMet, type Goal, type Metric, type Outcome, type Row } from './row.ts'

/** A row with what came of it; `broke` is the message of an error, which is no missed goal but a fault. */
export interface Result {
  readonly row: Pick<Row, 'id' | 'title' | 'goal'>
  readonly outcome: Outcome | { readonly broke: string }
}

const HEAD = ['row', 'metric', 'ratio', 'goal', 'met?', 'ours / anchor (information only)']

/** The results as an aligned table, one line a metric. */
export function table(results: readonly Result[]): string {
  const lines = [HEAD, ...results.flatMap(linesOf)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
  const written = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join(' | ')
      .trimEnd(),
  )
  return [written[0], widths.map((width) => '-'.repeat(width)).join('-|-'), ...written.slice(1)].join('\n')
}

function linesOf({ row, outcome }: Result): string[][] {
  const without = (why: string) => [[row.id, row.title, '-', goalText(row.goal), '-', why]]
  if ('broke' in outcome) return without(`broke: ${outcome.broke}`)
  if ('notRun' in outcome) return without(`not run: ${outcome.notRun}`)
  return outcome.metrics.map((metric) => lineOf(row.id, metric))
}

function lineOf(id: string, { name, ratio, goal, ours, anchor }: Metric): string[] {
  const met = isMet(ratio, goal) ? 'yes' : 'no'
  return [id, name, ratio.toFixed(2), goalText(goal), met, `${ours} / ${anchor}`]
}

function goalText(goal: Goal): string {
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
}
