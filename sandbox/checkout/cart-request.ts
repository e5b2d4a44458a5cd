import { z } from 'zod'
import { checked, RequestError } from '../web/request.ts'

const returnUrl = z
  .url({ protocol: /^https?$/, error: 'must be an absolute http(s) address' })
  .max(2000)
  .regex(/^[!-~]+$/, 'must be plain ASCII without spaces')

/** The body of POST /carts (Checkout for creditors, version 2). */
const cartSchema = z.object({
  emailNotice: z.email().optional(),
  paymentNotices: z
    .array(
      z.object({
        noticeNumber: z.string().regex(/^\d{18}$/, 'must be 18 digits'),
        fiscalCode: z.string().regex(/^\d{11}$/, 'must be 11 digits'),
        amount: z.int().min(1).max(99_999_999_999),
        companyName: z.string().max(140),
        description: z.string().max(140),
      }),
    )
    .min(1),
  returnUrls: z.object({
    returnOkUrl: returnUrl,
    returnCancelUrl: returnUrl,
    returnErrorUrl: returnUrl,
    returnWaitingUrl: returnUrl,
  }),
  idCart: z.string().max(210).optional(),
  allCCP: z.boolean().optional(),
})

export type CartRequest = z.infer<typeof cartSchema>

/**
 * Checks the body of POST /carts.
 * @throws RequestError 400 when it breaks the interface; 422 for more than five notices or one notice twice
 */
export function readCartRequest(body: unknown): CartRequest {
  const request = checked(body, cartSchema)
  const { paymentNotices } = request
  if (paymentNotices.length > 5) {
    throw new RequestError(
      422,
      'Multiple payment notices not processable',
      'Too many payment notices, expected max five',
    )
  }
  const keys = new Set(paymentNotices.map((notice) => `${notice.fiscalCode}-${notice.noticeNumber}`))
  if (keys.size < paymentNotices.length) {
    throw new RequestError(
      422,
      'Invalid payment notice data',
      'The same payment notice stands twice in the cart',
    )
  }
  return request
}
