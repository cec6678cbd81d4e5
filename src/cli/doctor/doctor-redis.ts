import { messageOf, SweepError } from '../../errors.ts';
import { offeredAgents } from '../../queue/offered-agents.ts';
import { redisFacts } from '../../queue/redis-facts.ts';
import type { RedisAddress } from '../../queue/redis.ts';
import { count } from '../../text/format-number.ts';
import { ok, problem, warning, type DoctorFinding } from './doctor-finding.ts';

const OPEN = 'Give it a password (`requirepass`, or ACLs), and put that into SWEEP_REDIS_PASSWORD.';
const PLAIN = 'In a network that others share, use TLS: rediss://HOST:PORT.';

/** Whether runs and agents can meet there. */
export async function checkRedis(address: RedisAddress): Promise<DoctorFinding[]> {
  try {
    const { name, version, roundTripMs, isOpen, isPlain } = await redisFacts(address);
    const agents = await offeredAgents(address);
    const slots = agents.flatMap(({ devices }) => devices).reduce((sum, device) => sum + device.slots, 0);
    return [
      ok('redis', `${version} at ${name} answers in ${roundTripMs.toFixed(1)} ms`),
      ...(isOpen ? [warning('redis', 'whoever reaches it may use it: it asks for no password', OPEN)] : []),
      ...(isPlain ? [warning('redis', 'what goes there can be read on the way', PLAIN)] : []),
      agents.length === 0
        ? warning('redis', 'no agent offers a device there', '`sweep agent` with the same --redis does.')
        : ok('redis', `${count(agents.length, 'agent')} there with ${count(slots, 'slot')}`),
    ];
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    return [problem('redis', messageOf(error), '`sweep run` without --redis needs none.')];
  }
}
