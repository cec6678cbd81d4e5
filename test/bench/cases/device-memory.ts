import type { Bench, BenchCase } from '../bench-case.ts';
import { findMnist } from '../images.ts';
import { memoryMb } from '../process-figures.ts';
import { runSweepCommand, type SweepEvent } from '../sweep-command.ts';

export const benchCase: BenchCase = {
  name: 'device-memory',
  measures:
    'The most physical memory (VmHWM) of a device process with two slots that trains on all 60,000 images of MNIST ' +
    '(55,000 and 5,000 for validation), an MLP of 512 and a convolutional model of 32 and 64 channels at a time, ' +
    'evaluation and pictures included.',
  peer: null,

  async run(bench) {
    const { settings, notes } = await findMnist(bench, { train: null, validation: null });
    const spec = {
      name: 'memory',
      dataset: settings.name,
      // In the quick run the slower model is left out.
      parameters: { architecture: bench.quick ? 'mlp' : ['mlp', 'conv'], latent_dim: 20 },
      seeds: 2,
      train: { epochs: 1 },
    };
    const ours = [await peakMb(bench, spec)];
    const target = { figure: 'ours', sense: 'at most', minimum: 700, aim: 400 } as const;
    return [{ what: `device process, 2 slots, ${settings.name}`, unit: 'MB', ours, peer: [], target, notes }];
  },
};

async function peakMb(bench: Bench, spec: object): Promise<number> {
  let pid: number | undefined;
  let peak = NaN;
  const onEvent = ({ type, devices }: SweepEvent): void => {
    pid = devices?.[0]?.pid ?? pid;
    // The process still lives at the last of these events: its test job comes after it.
    if (pid !== undefined && type !== 'tested' && type !== 'result') peak = memoryMb(pid, 'VmHWM');
  };
  await runSweepCommand(bench, { spec, slots: 2, onEvent });
  return peak;
}
