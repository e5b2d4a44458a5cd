/** What is wrong with a cell, with a row (no column) or with the whole file (no row). */
export interface Problem {
  readonly row: number | null
  /** The column's key; null where it is a matter of the whole row. */
  readonly column: string | null
  /** `imports.problem.<what>` */
  readonly what: string
  /** What stands there, where it tells of no person. */
  readonly value: string | null
  /** Another row of the file that it does not agree with. */
  readonly other: number | null
}

/** Mistakes that are kept by row; of a file that is wrong throughout the first say enough. */
export const PROBLEMS_KEPT = 1_000
const VALUE_MAX = 60

/** Collects the mistakes of a file. */
export class ProblemList {
  readonly #kept: Problem[] = []
  readonly #personal: ReadonlySet<string>
  #count = 0

  /** @param personal keys of columns whose values are not repeated */
  constructor(personal: Iterable<string>) {
    this.#personal = new Set(personal)
  }

  get count(): number {
    return this.#count
  }

  /** The first mistakes, in the order of the file. */
  get kept(): readonly Problem[] {
    return this.#kept.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0))
  }

  add(
    row: number | null,
    column: string | null,
    what: string,
    { value, other }: { value?: string; other?: number } = {},
  ): void {
    this.#count++
    if (this.#kept.length >= PROBLEMS_KEPT) return
    const mayBeTold = value !== undefined && value !== '' && (column === null || !this.#personal.has(column))
    this.#kept.push({
      row,
      column,
      what,
      value: mayBeTold ? value.slice(0, VALUE_MAX) : null,
      other: other ?? null,
    })
  }
}
