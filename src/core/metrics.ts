import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'

/** What /metrics tells. Labels never name a person, and a tenant only by its slug. */
export interface Metrics {
  readonly registry: Registry
  readonly requests: Histogram<'route' | 'method' | 'status'>
  readonly nodeCalls: Histogram<'operation' | 'outcome'>
  readonly refusedCallers: Counter<'reason'>
  readonly receipts: Counter<'disposition'>
  readonly jobs: Counter<'job' | 'outcome'>
  readonly identityAnswers: Counter<'scheme' | 'result'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'borsellino_http_request_seconds',
      help: 'Time to answer a request, by route',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers,
    }),
    nodeCalls: new Histogram({
      name: 'borsellino_node_call_seconds',
      help: "Time to answer pagoPA's Node; its service level is 2 seconds",
      labelNames: ['operation', 'outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 7, 15],
      registers,
    }),
    refusedCallers: new Counter({
      name: 'borsellino_refused_callers_total',
      help: "Calls of the Node's endpoint that did not come from the Node, by what was missing",
      labelNames: ['reason'],
      registers,
    }),
    receipts: new Counter({
      name: 'borsellino_receipts_total',
      help: 'Receipts by what was done with them',
      labelNames: ['disposition'],
      registers,
    }),
    identityAnswers: new Counter({
      name: 'borsellino_identity_answers_total',
      help: 'Answers of SPID and CIE providers: accepted, or why they were refused',
      labelNames: ['scheme', 'result'],
      registers,
    }),
    jobs: new Counter({
      name: 'borsellino_jobs_total',
      help: 'Jobs by outcome',
      labelNames: ['job', 'outcome'],
      registers,
    }),
  }
}
