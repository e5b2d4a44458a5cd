import type { PageContext } from '#pages/context.ts'

/** An address with its query; empty values are left out. */
export function address(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path
}

/** One of a list that the query names; undefined for anything else. */
export function choice<Value extends string>(
  context: PageContext,
  name: string,
  offered: readonly Value[],
): Value | undefined {
  return offered.find((one) => one === context.req.query(name))
}

/** What somebody typed to search for, without the blanks around it. */
export function typed(context: PageContext, name: string): string {
  return (context.req.query(name) ?? '').trim().slice(0, 100)
}
