/* What a child may not, or does not, eat: migrations/0024-menus-and-diets.sql tells the rules. */

/** The short list by which kitchens count. */
export type DietKind =
  | 'gluten-free'
  | 'milk-free'
  | 'lactose-free'
  | 'egg-free'
  | 'fish-free'
  | 'nut-free'
  | 'legume-free'
  | 'other-medical'
  | 'bland'
  | 'no-pork'
  | 'no-beef'
  | 'no-meat'
  | 'vegetarian'
  | 'vegan'
  | 'minced'
  | 'blended'

export interface DietTables {
  diets: {
    tenant_id: string
    id: string
    child_id: string
    kind: DietKind
    valid_from: string
    valid_until: string
    certificate_until: string | null
    note_sealed: Buffer | null
    recorded_at: Date
    recorded_by: string | null
  }
}
