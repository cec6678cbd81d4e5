/** Issue 9, line 5: what a trial trained on stands beside its result, wherever rows of two sweeps may meet. */
import { NUMERICS_VERSION } from '../../src/trial/identity.ts';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MNIST_DATA_DIR, mnistTitle } from '../data/fixtures.ts';
import { toyRun } from '../support/toy-run.ts';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

interface Place {
  readonly results: string;
  readonly cli: (...args: string[]) => Promise<string>;
}

/** Runs a sweep of two trials for each of the settings, all into one results folder. */
async function runAll(settings: Readonly<Record<string, readonly string[]>>, dataDir?: string): Promise<Place> {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const spec = writeSpec(
    folder,
    'name: a\ndataset: { name: sprites-mini, train: 128, validation: 32 }\nparameters: { hidden: [8], beta: [1, 4] }\ntrain: { epochs: 1 }\n',
  );
  const cli = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli([...args, '--results', results], { COLUMNS: '120' });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  };
  for (const [name, overrides] of Object.entries(settings)) {
    const run = { specFile: spec, overrides: [`name=${name}`, ...overrides], resultsDir: results, dataDir };
    expect(await toyRun(run)).toMatchObject({ exitCode: 0 });
  }
  return { results, cli };
}

const NAMES = ['dataset', 'binarization', 'train_images', 'validation_images', 'batch_size', 'clip_norm'];

describe('two sweeps that differ in what they trained on', () => {
  const settings = { whole: ['dataset.train=100000', 'clip_norm=5', 'batch_size=512'], part: ['batch_size=9999'] };
  const whole = {
    ...{ dataset: 'sprites-mini', binarization: 'grey', train_images: 4608, validation_images: 32 },
    ...{ batch_size: 512, clip_norm: 5, planned_epochs: 1, numerics_version: NUMERICS_VERSION },
  };
  const part = { ...whole, train_images: 128, batch_size: 128, clip_norm: null };

  it('are told apart in export, v_trials, status, report and compare, by the counts that were used', async () => {
    const { results, cli } = await runAll(settings);
    for (const [name, expected] of Object.entries({ whole, part })) {
      const rows = JSON.parse(await cli('export', name, '--format', 'json')) as object[];
      expect(rows).toEqual([expect.objectContaining(expected), expect.objectContaining(expected)]);
      const [ndjson] = (await cli('export', name, '--format', 'ndjson')).split('\n');
      expect(JSON.parse(ndjson!)).toMatchObject(expected);
      const cells = Object.values(expected).map((value) => value ?? '');
      const exported = [await cli('export', name), ',cpu_seconds,bit_class,tags,note', ',[\\d.]*,toy,,'] as const;
      const reported = [await cli('report', name, '--format', 'csv'), ',tags', ','] as const;
      for (const [csv, names, values] of [exported, reported]) {
        const [header, ...lines] = csv.trimEnd().split('\n');
        expect(header).toMatch(new RegExp(`,${Object.keys(expected).join()}${names}$`));
        expect(lines).toHaveLength(2);
        for (const line of lines) expect(line).toMatch(new RegExp(`,${cells.join()}${values}$`));
      }
      for (const command of [
        ['report', name],
        ['compare', name, 'beta=1', 'beta=4'],
      ]) {
        expect(JSON.parse(await cli(...command, '--json'))).toMatchObject({ trained_on: expected });
        const count = expected.train_images.toLocaleString('en');
        expect(await cli(...command)).toContain(
          ` data: sprites-mini, grey pixels, ${count} training and 32 validation images\n`,
        );
      }
    }
    const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
    onTestFinished(() => void db.close());
    expect(
      db
        .prepare(
          `SELECT DISTINCT sweep, ${NAMES.join(', ')}, planned_epochs, numerics_version FROM v_trials ORDER BY sweep`,
        )
        .all(),
    ).toEqual([
      { sweep: 'part', ...part },
      { sweep: 'whole', ...whole },
    ]);
    expect(await cli('status')).toMatch(/ part .* sprites-mini, 128 images .*\n whole .* sprites-mini {2}/);
    expect(JSON.parse(await cli('status', '--json'))).toMatchObject({
      sweeps: [{ trained_on: part }, { trained_on: whole }],
    });
  });
});

it.skipIf(MNIST_DATA_DIR === undefined)(mnistTitle('binarisations of MNIST give rows that say which'), async () => {
  const modes = ['grey', 'static', 'dynamic'];
  const settings = Object.fromEntries(
    modes.map((mode) => [mode, ['dataset=mnist', 'beta=1', `dataset.binarization=${mode}`]]),
  );
  const { cli } = await runAll(settings, MNIST_DATA_DIR);
  for (const mode of modes) {
    const rows = JSON.parse(await cli('export', mode, '--format', 'json')) as object[];
    expect(rows).toMatchObject([{ dataset: 'mnist', binarization: mode, train_images: 128, validation_images: 32 }]);
  }
  const status = await cli('status');
  for (const mode of modes.slice(1)) expect(status).toContain(` mnist ${mode}, 128 images `);
});
