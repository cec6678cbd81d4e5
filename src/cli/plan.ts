import { lookAhead } from '../analysis/progress/outlook.ts';
import { planSweep } from '../plan-sweep.ts';
import { planLines } from '../render/run/plan-text.ts';
import { trialLines } from '../render/run/plan-steps.ts';
import { planJson } from '../render/run/plan-json.ts';
import { toJsonLine } from '../render/json-line.ts';
import { readCircumstances } from '../circumstances.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, repeatFlags, specCommand, withFoundSpec, withSpec } from './flags/flags.ts';
import { note, print, stdoutLayout } from './output.ts';

export const plan = defineCommand({
  options: (yargs) =>
    withSpec(yargs)
      .option('list', { group: OWN_FLAGS, type: 'boolean', default: false, describe: 'List every trial' })
      .example('$0 plan sweeps/beta.yaml', 'trials, time, disk')
      .example('$0 plan sweeps/beta.yaml seeds=10 --slots 4', 'what if?')
      .example('$0 plan sweeps/beta.yaml --list', 'every trial, with its id')
      .epilogue('Reads only: nothing is started, written or downloaded.'),

  run: async (given) => {
    const flags = withFoundSpec(given);
    const { spec: specFile, overrides, data: dataDir, results: resultsDir } = flags;
    const planned = await planSweep({ specFile, overrides, dataDir, resultsDir });
    const { name } = planned.spec;
    const outlook = lookAhead(planned, await readCircumstances(planned, { ...flags, resultsDir: flags.results }));
    if (!flags.quiet) {
      for (const warning of planned.warnings) note(warning, '!');
      if (outlook.changedData !== null) note(outlook.changedData, '!');
      if (planned.missingData !== null) note(planned.missingData, '!');
    }
    const isDone = outlook.toRun.length + outlook.unknown === 0 && outlook.toTest === 0;
    const next = [
      ...(isDone ? [`sweep report ${name} --best${repeatFlags(flags)}`] : specCommand('run', flags)),
      ...specCommand('plan', flags).map((command) => `${command} --list`),
    ];
    if (flags.json) print(toJsonLine(planJson(planned, outlook, flags.list)));
    else if (flags.list) print(trialLines(planned, outlook).join('\n'));
    else print(planLines(planned, outlook, stdoutLayout(), next).join('\n'));
    return 0;
  },
});
