import type { AbsencePlan } from '#meals/absences.ts'
import type { PageView } from '#pages/view.ts'

/** `pages/absences`: POST `{base}/assenze` with `figlio`, `servizio`, `giorno` and `azione`. */
export interface AbsencesView extends PageView {
  /** The hour until which a day may be announced; null where the entity does not offer it. */
  readonly until: string | null
  readonly plans: readonly AbsencePlan[]
}
