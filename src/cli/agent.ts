import path from 'node:path';
import type { AgentEnds } from '../run/agent-ends.ts';
import { SweepError } from '../errors.ts';
import { versionOf } from '../package-version.ts';
import { renderErrorJson } from '../render/error-json.ts';
import { LAUNCHERS, launchFile, type LaunchedAgent } from '../render/run/launch-file.ts';
import { runAgent } from '../run/run-agent.ts';
import { DEVICE_CLASS } from '../sweep-file/device-class.ts';
import { defineCommand } from './command.ts';
import { duration } from './flags/duration.ts';
import { OWN_FLAGS } from './flags/flags.ts';
import { note, print } from './output.ts';
import { redisAddress, withRedis, type RedisFlags } from './flags/redis-flags.ts';
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
      .option('class', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        defaultDescription: 'cpu or gpu',
        describe: 'What it is, for sweeps whose trials ask for a class, e.g. gpu-a100',
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
      .option('lifetime-stagger', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'End up to so much before --lifetime, each agent at another time',
      })
      .option('until-done', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'End once this sweep is done; at once, if it is',
      })
      .option('print', {
        group: OWN_FLAGS,
        choices: LAUNCHERS,
        requiresArg: true,
        describe: 'Start nothing: write the file by which this launcher starts such agents',
      })
      .example('$0 agent --redis redis://head:6379', 'offer the devices of this machine to sweeps')
      .example(
        '$0 agent --redis redis://head:6379 --slots 4 --idle-exit 10m',
        'four trials at a time, until there are no more',
      )
      .example('$0 agent --redis redis://head:6379 --print slurm > agents.sh', 'a job script, for `sbatch agents.sh`')
      .epilogue(
        'It trains what coordinators send (`sweep run SPEC --redis URL`). TERM, INT, HUP, USR1 and USR2 save, stop and end ' +
          `it. Exit codes: 0 ended as asked, ${WRONG} wrong configuration, ${AGAIN} try again later.`,
      ),

  run: async (flags) => {
    const signals = new StopSignals();
    try {
      // For elsewhere: a file with a password need not be here.
      const redis = redisAddress(flags.print === undefined ? flags : { ...flags, 'redis-password-file': undefined });
      if (redis === undefined)
        throw new SweepError('USAGE', 'Name the Redis that the coordinator uses, too: --redis redis://HOST:PORT.');
      const { name, class: deviceClass, device, slots, data, print: launcher } = flags;
      if (name !== undefined && !/^[\w.-]{1,60}$/.test(name)) {
        throw new SweepError('USAGE', '--name takes at most 60 letters, digits, `.`, `_` or `-`.');
      }
      if (deviceClass !== undefined && !DEVICE_CLASS.test(deviceClass)) {
        throw new SweepError('USAGE', '--class takes lower-case words with `-` between them, such as gpu-a100.');
      }
      const ends = endsOf(flags);
      if (launcher !== undefined) {
        print(launchFile(launcher, launchedAgent(flags, ends)));
        return 0;
      }
      signals.arm();
      await runAgent({
        ...{ redis, name, deviceClass, device, slots, dataDir: data, stop: signals.stop, stopNow: signals.stopNow },
        ...ends,
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

const PASSED_ON = [
  ...['redis', 'name', 'class', 'device', 'slots', 'data'],
  ...['idle-exit', 'lifetime', 'lifetime-stagger', 'until-done'],
] as const;

type AgentFlags = RedisFlags &
  Readonly<Record<'name' | 'class' | 'idle-exit' | 'lifetime' | 'lifetime-stagger' | 'until-done', string | undefined>>;

/** When it ends by itself. @throws SweepError USAGE */
function endsOf(flags: AgentFlags): AgentEnds {
  const [idleExitMs, lifetimeMs, staggerMs] = (['idle-exit', 'lifetime', 'lifetime-stagger'] as const).map((flag) => {
    const value = flags[flag];
    return value === undefined ? undefined : duration(`--${flag}`, value);
  });
  if (staggerMs !== undefined && !(staggerMs < (lifetimeMs ?? 0))) {
    throw new SweepError('USAGE', '--lifetime-stagger takes less than --lifetime, which it shortens.');
  }
  return { idleExitMs, lifetimeMs, staggerMs, untilDone: flags['until-done'] };
}

/** What these flags say, for a launcher elsewhere. */
function launchedAgent(flags: AgentFlags, { idleExitMs, lifetimeMs, untilDone }: AgentEnds): LaunchedAgent {
  const { slots, device } = flags;
  const given = PASSED_ON.map((flag) => [flag, flags[flag]] as const);
  const file = flags['redis-password-file'];
  return {
    flags: given.flatMap(([flag, value]) =>
      value === undefined || value === 'auto' ? [] : [`--${flag}`, String(value)],
    ),
    version: versionOf('..'),
    command: [process.execPath, path.resolve(process.argv[1]!)],
    passwordFile: file && path.resolve(file),
    slots,
    isGpu: device.startsWith('gpu') || flags.class?.startsWith('gpu') === true,
    lifetimeMs,
    isFinite: idleExitMs !== undefined || untilDone !== undefined,
  };
}
