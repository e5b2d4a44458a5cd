import { loadConfig } from '#core/config.ts'
import { openHouse } from '../../src/house.ts'

// A process of the house that only works: it takes jobs from the queue until it is ended, or dies where it is told to.
const house = await openHouse(loadConfig(process.env))
await house.startWorking({ intervalMs: 50, trustMs: 2_000 })
console.log('working')
process.once('SIGTERM', () => void house.close())
