import { SweepError } from '../errors.ts';
import { versionOf } from '../package-version.ts';
import { drainAgent, offeredAgents } from '../queue/offered-agents.ts';
import { renderAgents, renderAgentsJson } from '../render/run/agents-table.ts';
import { defineCommand } from './command.ts';
import { note, print, stdoutLayout } from './output.ts';
import { redisAddress, withRedis } from './flags/redis-flags.ts';

export const agents = defineCommand({
  options: (yargs) =>
    withRedis(
      yargs
        .positional('action', {
          choices: ['list', 'drain'] as const,
          default: 'list',
          describe: 'What to do with them',
        })
        .positional('name', { type: 'string', describe: 'The agent to drain' }),
      'Redis that they offer their devices at: redis://HOST:PORT',
    )
      .example('$0 agents --redis redis://head:6379', 'who offers which devices, and what they do')
      .example(
        '$0 agents drain node-7 --redis redis://head:6379',
        'save what node-7 trains, which goes on elsewhere, and end it',
      ),

  run: async (flags) => {
    const address = redisAddress(flags);
    if (address === undefined) throw new SweepError('USAGE', 'Name the Redis: --redis redis://HOST:PORT.');
    if (flags.action === 'drain') {
      if (flags.name === undefined)
        throw new SweepError('USAGE', 'Name the agent to drain; `sweep agents` lists them.');
      await drainAgent(address, flags.name);
      if (!flags.json && !flags.quiet) note(`${flags.name} saves, stops and ends.`);
      return 0;
    }
    const found = await offeredAgents(address);
    const version = versionOf('..');
    if (flags.json) print(renderAgentsJson(found, version));
    else if (found.length > 0) print(renderAgents(found, version, stdoutLayout(), new Date()));
    if (found.length > 0) return 0;
    note('No agent offers a device there. `sweep agent` with the same --redis does, on any machine.', '!');
    return 4;
  },
});
