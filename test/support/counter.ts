/**
 * Pays a notice at the sandbox's PSP counter and waits until its receipt was answered.
 * @throws Error when the counter refuses it
 */
export async function payAtCounter(
  sandboxUrl: string,
  fiscalCode: string,
  noticeNumber: string,
): Promise<void> {
  const response = await fetch(new URL('/api/counter/pay', sandboxUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fiscalCode, noticeNumber }),
  })
  const answer = (await response.json()) as { outcome?: string }
  if (answer.outcome !== 'OK')
    throw new Error(`the counter refused ${noticeNumber}: ${JSON.stringify(answer)}`)
}
