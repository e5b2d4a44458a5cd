/** One card of the guide. */
export interface Chapter {
  readonly title: string
  readonly text: string
  readonly example: string
}

/** The codes that the examples use. */
export interface Sample {
  readonly url: string
  readonly smtpUrl: string
  readonly fiscalCode: string
  readonly noticeNumber: string
  readonly qr: string
}

/** An example line: options first, then the address, then the JSON body. */
export function post(url: string, body: string, method = ''): string {
  return `curl ${method}${url} --json '${body}'`
}
