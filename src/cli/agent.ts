import { SweepError } from '../errors.ts';
import { renderErrorJson } from '../render/error-json.ts';
import { runAgent } from '../run-agent.ts';
import { defineCommand } from './command.ts';
import { duration } from './duration.ts';
import { OWN_FLAGS } from './flags.ts';
import { note } from './output.ts';
import { redisAddress, withRedis } from './redis-flags.ts';
import { StopSignals } from './stop-signals.ts';

/** As sysexits.h has them, for what starts agents: to be given up, or tried again. */
const WRONG = 64;
const AGAIN = 75;

export const agent = defineCommand({
  options: (yargs) =>
    withRedis(yargs, 'Redis that the coordinator uses, too: redis://HOST:PORT')
      .option('name', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        defaultDescription: "the machine's",
        describe: 'What this agent is called',
      })
      .option('idle-exit', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'End once there was nothing to do for so long, e.g. 10m',
      })
      .option('lifetime', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'Save, stop and end after so long, e.g. 235m: a little less than the time limit of the job',
      })
      .example('$0 agent --redis redis://head:6379', 'offer the devices of this machine to sweeps')
      .example(
        '$0 agent --redis redis://head:6379 --slots 4 --idle-exit 10m',
        'four trials at a time, until there are no more',
      )
      .epilogue(
        'It trains what coordinators send (`sweep run SPEC --redis URL`). TERM, INT, HUP, USR1 and USR2 save, stop and end ' +
          `it. Exit codes: 0 ended as asked, ${WRONG} wrong configuration, ${AGAIN} try again later.`,
      ),

  run: async (flags) => {
    const signals = new StopSignals();
    try {
      const redis = redisAddress(flags);
      if (redis === undefined)
        throw new SweepError('USAGE', 'Name the Redis that the coordinator uses, too: --redis redis://HOST:PORT.');
      const { name, device, slots, data, 'idle-exit': idleExit, lifetime } = flags;
      if (name !== undefined && !/^[\w.-]{1,60}$/.test(name)) {
        throw new SweepError('USAGE', '--name takes at most 60 letters, digits, `.`, `_` or `-`.');
      }
      signals.arm();
      await runAgent({
        ...{ redis, name, device, slots, dataDir: data, stop: signals.stop, stopNow: signals.stopNow },
        idleExitMs: idleExit === undefined ? undefined : duration('--idle-exit', idleExit),
        lifetimeMs: lifetime === undefined ? undefined : duration('--lifetime', lifetime),
        onLog: (message) => {
          if (!flags.quiet) note(message);
        },
      });
      return 0;
    } catch (error) {
      if (signals.stop.aborted) return 0;
      if (!(error instanceof SweepError)) throw error;
      if (flags.json) note(renderErrorJson(error));
      else note(error.message, '✗');
      return error.code === 'REDIS' || error.code === 'DEVICES_LOST' ? AGAIN : WRONG;
    } finally {
      signals[Symbol.dispose]();
    }
  },
});
