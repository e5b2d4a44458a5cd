/** The jobs that send what the people around a child are told; household-jobs.ts does their work. */
export const INVITATION_EMAIL_JOB = 'invitation.email'
export const CHILD_REQUEST_EMAIL_JOB = 'child-request.email'
