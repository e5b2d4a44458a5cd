import type { OfficeApp } from '../../access.ts'
import type { OfficeParts } from '../../context.ts'
import { appearanceRoutes } from './appearance.ts'
import { categoryRoutes } from './categories.ts'
import { channelRoutes } from './channels.ts'
import { checklistRoutes } from './checklist.ts'
import { identityStateRoutes } from './identity-state.ts'
import { rehearsalRoutes } from './rehearsal.ts'
import { sectionRoutes } from './section-pages.ts'

/** How an entity comes aboard, and where it changes the same things later. */
export function onboardingRoutes(app: OfficeApp, parts: OfficeParts): void {
  checklistRoutes(app, parts)
  sectionRoutes(app, parts)
  appearanceRoutes(app, parts)
  categoryRoutes(app, parts)
  channelRoutes(app, parts)
  identityStateRoutes(app, parts)
  rehearsalRoutes(app, parts)
}
