import { hostname } from 'node:os';
import { SweepError } from '../errors.ts';
import { findSweep } from '../answers/find-results.ts';
import { shellWord } from '../text/shell-word.ts';
import type { SweepRecord, SweepSnapshot } from '../store/read-model.ts';
import { defineCommand } from './command.ts';
import { repeatFlags, type GlobalFlags } from './flags/flags.ts';
import { runCommand } from './flags/spec-commands.ts';
import { note, print } from './output.ts';
import { withResults } from './results.ts';

const LOOK_EVERY_MS = 200;

export const stop = defineCommand({
  options: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'Sweep; by default the one that is running' })
      .example('$0 stop', 'the sweep that is running here saves and stops')
      .example('$0 stop beta', 'the sweep beta, where several run')
      .epilogue('As Ctrl-C in the terminal of `sweep run`; asked twice, it stops at once. `run` goes on from there.'),

  run: async (flags) => {
    const { sweep } = await withResults(flags, (results) => {
      const running = results.sweeps().filter(({ state }) => state === 'running');
      if (flags.name === undefined && running.length > 1) {
        const names = running.map(({ name }) => `\`sweep stop ${shellWord(name)}${repeatFlags(flags)}\``).join(', ');
        throw new SweepError('USAGE', `${running.length} sweeps are running: ${names}.`);
      }
      return findSweep(results, flags.name ?? running[0]?.name, 'objective');
    });
    const { name, state, coordinator } = sweep;
    if (state !== 'running' || coordinator === null) {
      throw new SweepError('NOT_FOUND', `${name} is not running: it is ${state}.`);
    }
    if (coordinator.host !== hostname()) {
      const { host, pid } = coordinator;
      throw new SweepError('USAGE', `${name} runs on ${host}: stop it there, by \`kill -INT ${pid}\`.`);
    }
    interrupt(name, coordinator);
    if (!flags.quiet && !flags.json) note(`${name} (process ${coordinator.pid}) saves and stops …`);
    const { done, total, ...stopped } = await untilStopped(name, flags);
    const goOn = runCommand(sweep, flags);
    print(
      flags.json
        ? JSON.stringify({
            schema: 'vae-sweep.stop/1',
            sweep: name,
            state: stopped.state,
            completed: done,
            trials: total,
          })
        : `${name} stopped: ${done}/${total} trials completed. ${goOn === undefined ? '`sweep run` with its spec' : `\`${goOn}\``} goes on from there.`,
    );
    return 0;
  },
});

function interrupt(name: string, { host, pid }: NonNullable<SweepRecord['coordinator']>): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    // ESRCH: it has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return;
    throw new SweepError('USAGE', `${name} is run by another user, as process ${pid} of ${host}: ask them to stop it.`);
  }
}

/** Polls, since the lock that tells is let go by the system at whatever end. */
async function untilStopped(name: string, flags: GlobalFlags): Promise<{ state: string; done: number; total: number }> {
  for (;;) {
    const snapshot: SweepSnapshot = await withResults(flags, (results) => findSweep(results, name, 'objective'));
    if (snapshot.sweep.state !== 'running') {
      const done = snapshot.trials.filter(({ state }) => state === 'completed').length;
      return { state: snapshot.sweep.state, done, total: snapshot.trials.length };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
