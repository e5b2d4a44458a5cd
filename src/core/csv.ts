/**
 * One line of a file for spreadsheets: semicolons, as Italian ones read them, every field quoted. A field that a spreadsheet
 * would take for a formula gets an apostrophe before it (OWASP, CSV Injection).
 */
export function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) => {
    const harmless = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field
    return `"${harmless.replaceAll('"', '""')}"`
  })
  return `${quoted.join(';')}\r\n`
}

/** What a file begins with so that spreadsheets read it as UTF-8. */
export const CSV_START = '\uFEFF'
