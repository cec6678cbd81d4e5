import { SweepError } from '../errors.ts';
import type { Executor } from '../executor/executor.ts';

export function devicesLost({ devices, end }: Executor, unfinished: number): SweepError {
  if (end !== undefined) {
    const message = `Nothing can run any more: ${end.cause}.\n${unfinished} jobs are left undone. ${end.remedy}`;
    return new SweepError('DEVICES_LOST', message);
  }
  const troubles = devices.map(({ label, trouble }) => `  ${label}: ${trouble ?? 'no longer used'}`);
  return new SweepError(
    'DEVICES_LOST',
    `No device can run trials any more: each failed several times in a row, the last time so:\n${troubles.join('\n')}\n` +
      `${unfinished} jobs are left undone. Check with \`sweep doctor\`, then run the sweep again to go on.`,
  );
}
