import type { ColumnType, Generated } from 'kysely'

/* Schools, classes and what a meal costs: migrations/0016-schools-and-tariffs.sql and 0020-meals.sql tell the rules. */

export interface SchoolTables {
  schools: {
    tenant_id: string
    id: string
    code: string
    name: string
    address: Generated<string>
    created_at: Date
    closed_at: ColumnType<Date | null, undefined, Date | null>
  }
  classes: {
    tenant_id: string
    id: string
    school_id: string
    school_year: string
    name: string
    created_at: Date
  }
  placements: {
    tenant_id: string
    child_id: string
    school_year: string
    class_id: string
    since: Date
    /** The first day on which the child is no longer there. */
    left_on: ColumnType<string | null, string | null | undefined, string | null>
  }
  /** What counted in an enrolment on the days before `before`: migrations/0026. */
  former_terms: {
    tenant_id: string
    enrolment_id: string
    before: string
    sibling_rank: number
    tariff_cents: bigint
  }
  tariff_plans: {
    tenant_id: string
    id: string
    category: string
    valid_from: string
    note: Generated<string>
    created_at: Date
    created_by: string | null
  }
  tariff_prices: {
    tenant_id: string
    plan_id: string
    id: string
    school_id: string | null
    day_type: string | null
    isee_up_to_cents: bigint | null
    sibling_from: Generated<number>
    price_cents: bigint
  }
  isee_declarations: {
    tenant_id: string
    child_id: string
    valid_from: string
    valid_until: string
    isee_cents: bigint
    recorded_at: Date
    recorded_by: string | null
  }
  exemptions: {
    tenant_id: string
    id: string
    child_id: string
    category: string
    percent: number
    valid_from: string
    valid_until: string
    reason: string
    created_at: Date
    created_by: string | null
  }
  service_periods: {
    tenant_id: string
    id: string
    category: string
    school_id: string | null
    first_day: string
    last_day: string
    weekdays: number
    day_type: Generated<string>
    created_at: Date
  }
  closures: {
    tenant_id: string
    id: string
    category: string | null
    school_id: string | null
    first_day: string
    last_day: string
    reason: string
    created_at: Date
  }
}
