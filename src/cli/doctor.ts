import { toJsonLine } from '../render/json-line.ts';
import { markedLines, wrap, type Layout } from '../render/layout/text.ts';
import { defineCommand } from './command.ts';
import { checkDatasets, checkNode, checkResults } from './doctor/doctor-checks.ts';
import { checkDevices } from './doctor/doctor-devices.ts';
import type { DoctorFinding, FindingStatus } from './doctor/doctor-finding.ts';
import { layoutOf } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { redisAddress, withRedis } from './flags/redis-flags.ts';

const MARKS = {
  ok: { sign: '✓', style: 'green' },
  warning: { sign: '!', style: 'yellow' },
  problem: { sign: '✗', style: 'red' },
} as const satisfies Record<FindingStatus, object>;

export const doctor = defineCommand({
  options: (yargs) =>
    withRedis(yargs, 'Also whether runs and agents can meet at this Redis')
      .example('$0 doctor', 'what works here, what does not, and what to do about it')
      .example('$0 doctor --json', 'the same for a program')
      .example('$0 doctor --redis redis://head:6379', 'and of the Redis that agents use')
      .epilogue('Exit code 1 if a sweep cannot run here.'),

  run: async (flags) => {
    const redis = redisAddress(flags);
    const findings = [
      checkNode(),
      ...(await checkDevices(flags)),
      ...checkResults(layoutOf(flags)),
      ...(await checkDatasets(flags.data)),
      ...(redis === undefined ? [] : await (await import('./doctor/doctor-redis.ts')).checkRedis(redis)),
    ];
    if (flags.json) print(toJsonLine({ schema: 'vae-sweep.doctor/1', findings }));
    else print(findings.map((finding) => describe(finding, stdoutLayout())).join('\n'));
    return findings.some(({ status }) => status === 'problem') ? 1 : 0;
  },
});

function describe({ status, text, fix }: DoctorFinding, layout: Layout): string {
  const { sign, style } = MARKS[status];
  const lines = markedLines(layout, style, sign, text);
  return fix === null ? lines : `${lines}\n${wrap(fix, layout.columns, '    ', '  → ')}`;
}
