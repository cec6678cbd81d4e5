import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { locateDataset } from '../../src/data/locate.ts';
import { examineImages, ownImages } from '../../src/data/own/examine.ts';
import { loadTrialImages, type TrialImages } from '../../src/data/trial-images.ts';
import type { Parameters } from '../../src/model/parameter.ts';
import { randomStream } from '../../src/random.ts';
import { runTrial } from '../../src/training/run-trial.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import { temporaryFolder } from '../data/temporary-folder.ts';
import { npy } from '../data/own/write.ts';
import { engine, metricsOf, mlp, newJob } from './trials.ts';

it.each<[Parameters['likelihood'] & string, 'grey' | 'threshold', number | null]>([
  ['bernoulli', 'threshold', null],
  ['gaussian_learned', 'grey', null],
  ['discretized_logistic', 'grey', 0],
])(
  'a trial of %s on %s images comes to the same bits from a file as from memory',
  async (likelihood, binarization, validation) => {
    const folder = await temporaryFolder();
    const [file, cacheDir] = [path.join(folder, 'images.npy'), path.join(folder, 'cache')];
    const stream = randomStream(['test images']);
    await writeFile(
      file,
      npy(
        [300, 4, 4],
        new Uint8Array(300 * 16).map(() => stream.below(256)),
      ),
    );
    const own = ownImages(file, await examineImages(file, { cacheDir }));
    const dataset = { name: 'images.npy', own, train: null, validation, binarization } as const;
    const source = await locateDataset(dataset, { cacheDir });
    const results = async (images: TrialImages) => {
      const job = await newJob({ parameters: { ...mlp, likelihood }, train: { epochs: 2 } });
      const events: TrialEvent[] = [];
      const context = {
        engine,
        images,
        emit: (event: TrialEvent) => void events.push(event),
        stopRequested: () => undefined,
      };
      const given = { ...job, dataset: source, config: { ...job.config, dataset } };
      const trained = await runTrial(given, context);
      const tested = await runTrial({ ...given, kind: 'test' }, context);
      const files = ['weights.safetensors', 'reconstructions.png'].map((name) =>
        readFile(path.join(job.directory, name)),
      );
      return { trained, tested, epochs: metricsOf(events), files: await Promise.all(files) };
    };
    const stored = await results(await loadTrialImages(source, dataset, { cacheDir, mostHeld: 0 }));
    expect(stored.trained.kind).toBe('completed');
    expect(stored.tested.kind).toBe('tested');
    expect(stored).toEqual(await results(await loadTrialImages(source, dataset)));
  },
);
