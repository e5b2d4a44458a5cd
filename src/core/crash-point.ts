let armed: { name: string; hitsLeft: number } | undefined

/**
 * Arms one crash point, written `name:nth`, so that tests can kill the process at the worst moment. Never armed in
 * production (config refuses it).
 */
export function armCrashPoint(spec: string): void {
  const [name = '', nth = '1'] = spec.split(':')
  armed = { name, hitsLeft: Number(nth) }
}

/** A place where a crash must lose nothing. Does nothing unless it is armed; then the process dies as by kill -9. */
export function crashPoint(name: string): void {
  if (armed?.name !== name) return
  armed.hitsLeft--
  if (armed.hitsLeft === 0) process.kill(process.pid, 'SIGKILL')
}
