import { DomainError } from '#core/errors.ts'
import type { PageContext } from './context.ts'

/**
 * The fields of a posted form, as text. A field that comes twice or as a file, or holds a control character, is of a
 * form that we did not make: all our fields are one line.
 * @throws DomainError request.malformed
 */
export async function formFields(context: PageContext): Promise<Record<string, string>> {
  return textFields(await posted(context))
}

/**
 * The fields of a posted form with one file; undefined where none was chosen, which browsers send as an empty file
 * without a name.
 * @throws DomainError request.malformed
 */
export async function formWithFile(
  context: PageContext,
  field: string,
): Promise<{ fields: Record<string, string>; file: File | undefined }> {
  const { [field]: file, ...rest } = await posted(context)
  const isNone = file === undefined || file === '' || (file instanceof File && file.name === '')
  if (!isNone && !(file instanceof File)) throw new DomainError('request.malformed')
  return { fields: textFields(rest), file: isNone ? undefined : file }
}

async function posted(context: PageContext): Promise<Record<string, unknown>> {
  const type = context.req.header('content-type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type))
    throw new DomainError('request.malformed')
  return context.req.parseBody({ all: true }).catch(() => {
    throw new DomainError('request.malformed')
  })
}

function textFields(body: Record<string, unknown>): Record<string, string> {
  for (const value of Object.values(body)) {
    if (typeof value !== 'string' || /\p{Cc}/u.test(value)) throw new DomainError('request.malformed')
  }
  return body as Record<string, string>
}
