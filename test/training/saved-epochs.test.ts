/** When checkpoints are written, and that no epoch is told before one has it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { decodeTensors } from '../../src/training/safetensors.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';
import type { EpochRecord } from '../../src/trial/trial.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import type { TrainJob } from '../../src/trial/job.ts';
import { engine, epochsOf, metricsOf, mlp, newJob, run } from './trials.ts';

afterEach(() => void vi.restoreAllMocks());

/** From here on a second passes at each look at the clock, or none. */
function letTimePass(seconds: 0 | 1): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000 * seconds));
}

/** How many checkpoints the trial writes, and how many of its epochs each has that is on disk when an epoch is told. */
async function watch(job: TrainJob): Promise<{ written: number; onDisk: number[]; events: TrialEvent[] }> {
  const put = vi.spyOn(TrialFiles.prototype, 'put');
  const events: TrialEvent[] = [];
  const onDisk: number[] = [];
  const emit = (event: TrialEvent): void => {
    events.push(event);
    if (event.type === 'epoch') onDisk.push(savedEpochs(job).length);
  };
  await runTrial(job, { engine, images: await loadImages(job), emit, stopRequested: () => undefined });
  return { written: put.mock.calls.filter(([file]) => file === 'checkpoint').length, onDisk, events };
}

function savedEpochs({ directory }: TrainJob): EpochRecord[] {
  const { metadata } = decodeTensors(readFileSync(path.join(directory, 'checkpoint.safetensors')));
  return (JSON.parse(metadata['checkpoint']!) as { history: EpochRecord[] }).history;
}

describe('checkpoints', () => {
  it('are written for the first epoch, the last, and in between once a second has passed', async () => {
    letTimePass(0);
    expect(await watch(await newJob({ train: { epochs: 5 } }))).toMatchObject({ written: 2, onDisk: [1, 5, 5, 5, 5] });
    vi.restoreAllMocks();
    letTimePass(1);
    expect(await watch(await newJob({ train: { epochs: 5 } }))).toMatchObject({ written: 5, onDisk: [1, 2, 3, 4, 5] });
  });

  it('make no difference to what is told, and none to the bits', async () => {
    letTimePass(0);
    const seldom = await watch(await newJob({ train: { epochs: 5 } }));
    vi.restoreAllMocks();
    letTimePass(1);
    const often = await watch(await newJob({ train: { epochs: 5 } }));
    expect(metricsOf(seldom.events)).toEqual(metricsOf(often.events));
  });

  it('have all epochs of a trial that pauses', async () => {
    letTimePass(0);
    const job = { ...(await newJob({ train: { epochs: 5 } })), pauseAt: 3 };
    const { outcome, events } = await run(job);
    expect(outcome).toEqual({ kind: 'stopped', reason: 'paused' });
    expect(savedEpochs(job)).toEqual(epochsOf(events));
    expect(epochsOf(events)).toHaveLength(3);
  });

  it('have all epochs before a divergence, to which whoever goes on comes again', async () => {
    letTimePass(0);
    const parameters = { ...mlp, hidden: [16], learning_rate: 0.3, activation: 'elu' };
    const job = await newJob({ parameters, train: { epochs: 50 } });
    const { outcome, events } = await run(job);
    expect(outcome.kind).toBe('diverged');
    expect(epochsOf(events).length).toBeGreaterThan(1);
    expect(savedEpochs(job)).toEqual(epochsOf(events));
    // As after a kill, just before the outcome was recorded.
    const again = await run(job);
    expect(again.events[0]).toMatchObject({ type: 'started', history: epochsOf(events) });
    expect(again.outcome).toEqual(outcome);
    expect(epochsOf(again.events)).toEqual([]);
  });
});
