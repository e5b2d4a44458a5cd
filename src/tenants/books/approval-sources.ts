import { importApprovals } from '../imports/approvals.ts'
import { correctionApprovals, type ApprovalSource } from './approvals.ts'

/** Every kind of act that waits for a second person. Another one is a line here. */
export const APPROVAL_SOURCES: readonly ApprovalSource[] = [correctionApprovals, importApprovals]
