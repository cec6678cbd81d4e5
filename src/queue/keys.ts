/** Names of all that is in Redis. */
const PREFIX = 'vae-sweep:';

/** Who offers devices: a lease an agent, by its name. */
export const AGENTS = `${PREFIX}agents`;
/** Which sweeps are run: a lease a sweep, by its uid. */
export const RUNS = `${PREFIX}runs`;

/** There once a sweep of this name has ended, until it is run again. */
export function endedKey(sweep: string): string {
  return `${PREFIX}ended:${sweep}`;
}

/** What an agent is asked to do. Its id is new each time it starts, so it reads nothing that was meant for another. */
export function agentBox(agentId: string): string {
  return `${PREFIX}agent:${agentId}`;
}

/** What agents tell a run. */
export function runBox(runId: string): string {
  return `${PREFIX}run:${runId}`;
}
