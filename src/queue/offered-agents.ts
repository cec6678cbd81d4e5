import { SweepError } from '../errors.ts';
import { agentBox, AGENTS } from './keys.ts';
import { LeaseTable } from './leases.ts';
import { post } from './mailbox.ts';
import { readAgentEntry, type AgentEntry } from './messages.ts';
import { connectRedis, nameOf, type RedisAddress } from './redis.ts';

export interface OfferedAgent extends AgentEntry {
  readonly name: string;
}

/** The agents that this Redis knows, by name. @throws SweepError REDIS */
export async function offeredAgents(address: RedisAddress): Promise<OfferedAgent[]> {
  const redis = await connectRedis(address);
  try {
    const leases = await new LeaseTable(redis, AGENTS, readAgentEntry).all();
    return [...leases].map(([name, { value }]) => ({ name, ...value })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    redis.disconnect();
  }
}

/** Asks an agent to save, stop and end. @throws SweepError REDIS; NOT_FOUND where there is none of that name */
export async function drainAgent(address: RedisAddress, name: string): Promise<void> {
  const redis = await connectRedis(address);
  try {
    const lease = (await new LeaseTable(redis, AGENTS, readAgentEntry).all()).get(name);
    if (lease === undefined) {
      throw new SweepError('NOT_FOUND', `There is no agent ${name} at ${nameOf(redis)}. \`sweep agents\` lists them.`);
    }
    await post(redis, agentBox(lease.holder), { type: 'drain' });
  } finally {
    redis.disconnect();
  }
}
