import { NUMERICS_VERSION } from '../../src/trial/identity.ts';
import { describe, expect, it } from 'vitest';
import { csvLines, jsonLines, metricTable, ndjsonLines, trialTable } from '../../src/render/export-table.ts';
import type { MetricRow } from '../../src/store/read-model.ts';
import { betaSweep, snapshotOf, trialRecord, valMetrics } from '../analysis/support.ts';

const textOf = (chunks: Iterable<string>) => [...chunks].join('');

function metricRows(count: number): MetricRow[] {
  return Array.from({ length: count }, (_, index) => {
    return { trial: 'abc', attempt: 1, epoch: index + 1, step: index, name: 'val/elbo', value: index / 2 };
  });
}

describe('CSV', () => {
  it('has a column per parameter and metric, and no cell that a spreadsheet would run', () => {
    const trials = [
      trialRecord({ id: 'aa', metrics: valMetrics(-36.5, 20), bitClass: 'engine, bits 1' }),
      trialRecord({
        id: 'cc',

        parameters: { architecture: 'conv' },
        state: 'failed',
        cause: '=1+1, "two"\nlines',
      }),
    ];
    expect(textOf(csvLines(trialTable(snapshotOf(trials))))).toBe(
      'sweep,trial,config_id,seed,state,cause,architecture,beta,hidden,activation,init,likelihood,latent_dim,learning_rate,channels,' +
        'val/elbo,val/reconstruction,val/kl,val/active_units,best_epoch,epochs,seconds,trainable_weights,device,attempts,reused_from,' +
        'in_plan,dataset,binarization,train_images,validation_images,batch_size,clip_norm,planned_epochs,numerics_version,cpu_seconds,bit_class,tags,note\n' +
        `beta,aa,${trials[0]!.configId},0,completed,,mlp,1,[512],relu,he,bernoulli,10,0.001,,-36.5,16.5,20,10,10,10,60,,cpu,1,,true,sprites-mini,grey,4608,576,128,,10,${NUMERICS_VERSION},,"engine, bits 1",,\n` +
        `beta,cc,${trials[1]!.configId},0,failed,"'=1+1, ""two"" lines",conv,1,,relu,he,bernoulli,10,0.001,"[32,64]",,,,,10,10,60,,cpu,1,,true,sprites-mini,grey,4608,576,128,,10,${NUMERICS_VERSION},,,,\n`,
    );
  });

  it('of metrics has one line per row, however many', () => {
    const lines = textOf(csvLines(metricTable('beta', metricRows(2500))))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2501);
    expect(lines[0]).toBe('sweep,trial,attempt,epoch,step,name,value');
    expect(lines[2500]).toBe('beta,abc,1,2500,2499,val/elbo,1249.5');
  });
});

describe.each([0, 1, 1000, 2500])('of %i rows', (count) => {
  it('JSON is one array and NDJSON one object a line', () => {
    const rows = metricRows(count).map((row) => ({ sweep: 'beta', ...row }));
    expect(JSON.parse(textOf(jsonLines(metricTable('beta', metricRows(count)))))).toEqual(rows);
    const lines = textOf(ndjsonLines(metricTable('beta', metricRows(count))));
    expect(
      lines
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(rows);
  });
});

it('JSON keeps parameters and metrics as objects', () => {
  const [row] = JSON.parse(textOf(jsonLines(trialTable(betaSweep())))) as [object];
  expect(row).toMatchObject({
    sweep: 'beta',
    state: 'completed',
    params: { beta: 0.5, hidden: [512] },
    metrics: { 'val/active_units': 10 },
  });
});
