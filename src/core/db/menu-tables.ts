import type { Generated } from 'kysely'
import type { RomeDate } from '../clock.ts'

export type MenuState = 'draft' | 'published'

/* What is on the table: migrations/0024-menus-and-diets.sql and 0029-allergens-of-courses.sql tell the rules. */

export interface MenuTables {
  menus: {
    tenant_id: string
    id: string
    category: string
    school_id: string | null
    week: RomeDate
    state: MenuState
    is_public: boolean
    saved_at: Date
    saved_by: string | null
  }
  menu_days: {
    tenant_id: string
    menu_id: string
    day: RomeDate
    courses: string[]
    /** Of the whole day: the sum of the two below. */
    allergens: number
    course_allergens: Generated<number[]>
    day_allergens: Generated<number | null>
  }
}
