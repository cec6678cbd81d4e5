/** The example of docs/own-model.md, word for word, on both engines, and what becomes of it where its module is changed or gone. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/load.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { loadModel, openResults, planSweep, runSweep } from '../../src/index.ts';
import { loadModule } from '../../src/own/load.ts';
import { planTrials } from '../../src/plan-sweep.ts';
import { recordOf } from '../../src/sweep-file/own-definitions.ts';
import { loadImages, runTrial } from '../../src/training/run-trial.ts';
import type { TrainJob } from '../../src/trial/job.ts';
import { command } from '../support/command.ts';
import { engine, mlp, newJob } from '../training/trials.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/own-model.md'), 'utf8');
let folder: string;
const at = (name: string): string => path.join(folder, name);
const written = (name: string): string =>
  new RegExp(`\`\`\`\\w+\\n((?://|#) ${name.replace('.', '\\.')}\\n[^]*?)\`\`\``).exec(page)![1]!;

/** As the page has them, whatever became of them in a test before. */
function writeExample(): void {
  for (const name of ['student-t.ts', 'rate-share.ts', 'own.yaml']) writeFileSync(at(name), written(name));
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'own-model-'));
  writeExample();
  const result = await runSweep(at('own.yaml'), { results: at('results'), device: 'cpu' });
  expect(result.counts).toMatchObject({ completed: 2, failed: 0 });
});
beforeEach(writeExample);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is swept and recorded like ours, each on its own scale', () => {
  const results = openResults(at('results'));
  const own = results.report('own', { where: 'likelihood=student_t', by: 'rate_share' });
  expect(own).toMatchObject({ metric: 'val/rate_share', goal: 'minimize' });
  expect(own.configurations[0]!.metrics['val/rate_share']!.mean).toBeGreaterThan(0);
  expect(() => results.report('own')).toThrow(/different likelihoods \(gaussian, student_t\)/);
  const epochs = [...results.metrics('own')].filter(({ name }) => name === 'val/rate_share');
  expect(epochs).toHaveLength(4);
  results.close();
});

/** A trial of the module. */
async function ownJob(epochs: number): Promise<TrainJob> {
  const { hash, likelihoods } = await loadModule(at('student-t.ts'));
  const likelihood = likelihoods[0]!;
  const ownLikelihood = recordOf({ path: at('student-t.ts'), hash, likelihood }, { height: 4, width: 4, channels: 1 });
  const job = await newJob({ parameters: { ...mlp, likelihood: 'student_t' }, train: { epochs } });
  return { ...job, config: { ...job.config, ownLikelihood } };
}

it('goes on after a stop to the bits of one that never was', async () => {
  const job = await ownJob(3);
  const images = await loadImages(job);
  const run = (directory: string, stopAfter = Infinity) => {
    let looks = 0;
    const stopRequested = () => (++looks > stopAfter ? ('interrupted' as const) : undefined);
    return runTrial({ ...job, directory }, { engine, images, emit: () => undefined, stopRequested });
  };
  const whole = await run(job.directory);
  expect(whole.kind).toBe('completed');
  const directory = mkdtempSync(path.join(folder, 'stopped-'));
  expect(await run(directory, 4)).toMatchObject({ kind: 'stopped' });
  expect(await run(directory)).toEqual(whole);
  const weights = (of: string): Buffer => readFileSync(new TrialFiles(of).path('weights'));
  expect(weights(directory).equals(weights(job.directory))).toBe(true);
});

it('gives the reference engine the same numbers', async () => {
  const given = await ownJob(1);
  const elbos = [];
  for (const kind of ['compiled', 'eager'] as const) {
    const directory = mkdtempSync(path.join(folder, `${kind}-`));
    const outcome = await runTrial(
      { ...given, directory },
      {
        engine: await loadEngine({ engine: kind, provider: 'cpu' }),
        images: await loadImages(given),
        emit: () => undefined,
        stopRequested: () => undefined,
      },
    );
    expect(outcome.kind).toBe('completed');
    elbos.push(outcome.kind === 'completed' ? outcome.summary.metrics['val/elbo']! : NaN);
  }
  expect(elbos[0]! / elbos[1]!).toBeCloseTo(1, 4);
});

it('is part of the ids of the trials that use it, and of no others', async () => {
  const text = readFileSync(at('own.yaml'), 'utf8');
  const ids = async (overrides: string[] = []): Promise<string[]> =>
    (await planSweep(at('own.yaml'), { overrides })).trials.map(({ id }) => id);
  writeFileSync(at('own.yaml'), text.replace(', ./rate-share.ts', ''));
  const before = await ids();
  const [plain] = await ids(['likelihood=gaussian']);
  expect(before[0]).toBe(plain);
  writeFileSync(at('plain.yaml'), text.replace(/use:.*\n/, '').replace(', student_t', ''));
  expect((await planSweep(at('plain.yaml'))).trials[0]!.id).toBe(plain);
  appendFileSync(at('student-t.ts'), '// other\n');
  const after = await ids();
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  await expect(loadModel((await trialOf('student_t')).id, { results: at('results') })).rejects.toThrow(
    /is another now/,
  );
});

it('is loaded where it is used, and needed by no report', async () => {
  const { id } = await trialOf('student_t');
  const model = await loadModel(id, { results: at('results') });
  const shown = await model.decode(new Float32Array(model.latentDim));
  expect(Math.max(...shown)).toBeLessThanOrEqual(1);
  for (const name of ['student-t.ts', 'rate-share.ts']) rmSync(at(name));
  await expect(loadModel(id, { results: at('results') })).rejects.toThrow(
    /student_t from .*, which can't be used: There is no file/,
  );
  expect((await trialOf('student_t')).metrics['val/rate_share']).toBeGreaterThan(0);
  await expect(planSweep(at('own.yaml'))).rejects.toThrow(/own.yaml:4:\d+ .*There is no file/);
});

it('is reproduced, and trained again, to the same bits', async () => {
  const { id } = await trialOf('student_t');
  const at = ['--results', path.join(folder, 'results')];
  const { code, stdout } = await command('reproduce', id, ...at);
  expect(stdout).toMatch(/the same bits: \d+ metrics of 2 epochs, and all weights/);
  expect(code).toBe(0);
  const weights = new ResultsLayout(path.join(folder, 'results')).files('own', id).path('weights');
  const bytes = readFileSync(weights);
  rmSync(weights);
  const again = await command('run', path.join(folder, 'own.yaml'), '--again', id, '--device', 'cpu', ...at);
  expect(again.stderr).toContain('the same result to the last bit');
  expect(readFileSync(weights).equals(bytes)).toBe(true);
});

it('is drawn from by its `draw`; one without says so before anything is computed', async () => {
  const { id } = await trialOf('student_t');
  const model = await loadModel(id, { results: at('results') });
  const [drawn, means] = [await model.sample(40, 1, { draw: true }), await model.sample(40, 1)];
  expect(drawn).toEqual(await model.sample(40, 1, { draw: true }));
  // Of a scale of 0.1 and 4 degrees of freedom a quarter lies more than 0.0741 above; what is cut off is at 0 and 1.
  const above = [...means].flatMap((mean, i) => (mean > 0 && mean < 0.9 ? [drawn[i]! - mean > 0.0741] : []));
  expect(above.length).toBeGreaterThan(1_000);
  const share = above.filter(Boolean).length / above.length;
  expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / above.length));

  const text = readFileSync(at('student-t.ts'), 'utf8');
  const without = text.replace(/ {2}\/\/ One draw[^]*?\n {2}\},\n/, '');
  expect(without).not.toContain('draw');
  writeFileSync(at('mean-only.ts'), without.replace('student_t', 'mean_only'));
  // At other outputs than those that it is tried on.
  const odd = text
    .replace("'student_t'", "'odd'")
    .replace('draw(outputs, random) {', '$& if (outputs.at(-1)! < 0.2) throw new Error("odd");');
  writeFileSync(at('odd.ts'), odd);
  const use = [at('mean-only.ts'), at('odd.ts')];
  const spec = { name: 'm', dataset: { name: 'sprites-mini', train: 64, validation: 64 }, use };
  const parameters = { likelihood: ['mean_only', 'odd'], hidden: [8] };
  await runSweep({ ...spec, parameters, train: { epochs: 1 } }, { results: at('results'), device: 'cpu' });
  const [plain, failing] = await Promise.all(['mean_only', 'odd'].map(async (name) => (await trialOf(name, 'm')).id));
  const failed = await command('generate', failing!, '--draw', '-o', at('d.npz'), '--results', at('results'));
  expect(failed).toMatchObject({ code: 2, stderr: '✗ `draw` of the likelihood odd fails: odd.\n' });
  const asked = await command('generate', plain!, '--draw', '-o', at('d.npz'), '--results', at('results'));
  expect(asked).toMatchObject({ code: 2, stdout: '' });
  expect(asked.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /--draw: the likelihood mean_only of trial \w+ has no `draw`, which its module may define\. .* leave this out for the means/,
  );
  expect(existsSync(at('d.npz'))).toBe(false);
  const other = await loadModel(plain!, { results: at('results') });
  await expect(other.sample(0, 0, { draw: true })).rejects.toThrow('`draw`: the likelihood mean_only');
  expect(await other.sample(1)).toHaveLength(1024);
});

const trialOf = async (likelihood: string, sweep = 'own') => {
  const results = openResults(at('results'));
  const found = results.sweep(sweep).trials.find(({ params }) => params['likelihood'] === likelihood)!;
  results.close();
  return Promise.resolve(found);
};

const rest = 'mean: (tf, outputs) => outputs, outputBias: (means) => [...means]';
const gaussianLike = `{ name: "t", nats: (tf, o, x) => tf.sum(tf.square(tf.sub(o, x)), 1), ${rest}`;
it.each([
  ['{ name: "t" }', /no likelihood, which has `nats`/],
  [`{ name: "mse", nats: () => 0, ${rest} }`, /another name of gaussian/],
  [`{ name: "t", nats: 3, ${rest} }`, /`nats` of the likelihood `t` is a function/],
  ['{ name: "t", nats: () => 0, outputBias: () => [0] }', /has no `mean`/],
  [`{ name: "t", parameters: [], nats: () => 0, ${rest} }`, /has no parameters: export a list/],
  [`{ name: "t", nats: (tf, o, x) => tf.square(tf.sub(o, x)), ${rest} }`, /shape \[3, 1024\], and \[3\] is wanted/],
  [`{ name: "t", nats: (tf, o, x) => tf.sum(tf.log(tf.mul(o, 0)), 1), ${rest} }`, /finite numbers are wanted/],
  [`{ name: "t", nats: (tf, o, x) => tf.sum(tf.erf(tf.sub(o, x)), 1), ${rest} }`, /operation Erf/],
  [
    `{ name: "t", nats: (tf, o, x) => tf.customGrad((l) => ({ value: tf.sum(tf.square(tf.sub(l, x)), 1), gradFunc: () => tf.onesLike(l) }))(o), ${rest} }`,
    /gradient of `nats` towards an output is 1\.00, and small steps find/,
  ],
  [`${gaussianLike}, draw: 3 }`, /`draw` of the likelihood `t` is a function/],
  [`${gaussianLike}, draw: () => 3 }`, /`draw` gives no array, and one of an image's numbers is wanted/],
  [`${gaussianLike}, draw: (o) => [o[0]] }`, /`draw` gives 1 numbers, and 1024 are wanted/],
  [`${gaussianLike}, draw: (o) => o.map(() => NaN) }`, /`draw` gives NaN, and finite numbers are wanted/],
  [`${gaussianLike}, draw: (o) => o.map(Math.random) }`, /all chance comes from its `random`/],
  [
    `${gaussianLike}, draw: (o, random) => o.map(() => random.normal()) }`,
    /`draw` fails: random.normal is not a function/,
  ],
  [`${gaussianLike}, constantElbo: () => NaN }`, /`constantElbo` gives NaN, and a finite number is wanted/],
  [
    `{ name: "t", nats: (tf, o, x) => tf.sum(tf.square(tf.sub(o, x)), 1), mean: (tf, o) => o, outputBias: (m) => m.map((x) => Math.log(x / (1 - x))) }`,
    /`outputBias` gives \[-Infinity\] where the mean is 0, and 1 finite number is wanted/,
  ],
  [
    `${gaussianLike}, weights: [{ name: "likelihood.a", shape: [1], initial: () => 1, isObserved: true }], observe: (tf, o) => ({ "likelihood.a": tf.reshape(tf.mean(tf.erf(o)), [1]) }) }`,
    /operation Erf/,
  ],
  [
    `${gaussianLike}, weights: [{ name: "likelihood.a", shape: [1], initial: () => 1, isObserved: true }], observe: () => {} }`,
    /`observe` for likelihood\.a/,
  ],
  [
    `${gaussianLike}, weights: [{ name: "likelihood.a", shape: (n) => n, initial: () => 1 }] }`,
    /`shape` of likelihood\.a gives 1024/,
  ],
  [
    `${gaussianLike}, weights: [{ name: "likelihood.a", shape: (n) => [n / 7], initial: () => 1 }] }`,
    /`shape` of likelihood\.a gives \[146\.28/,
  ],
  [
    `{ name: "t", nats: (tf, o, x, { weights }) => tf.customGrad((l, w) => ({ value: tf.add(tf.sum(tf.square(tf.sub(l, x)), 1), tf.sum(w)), gradFunc: (dy) => [tf.mul(tf.expandDims(dy, 1), tf.mul(tf.sub(l, x), 2)), tf.onesLike(w)] }))(o, weights["likelihood.a"]), ${rest}, weights: [{ name: "likelihood.a", shape: [1], initial: () => 1 }] }`,
    /gradient of `nats` towards likelihood\.a is 1\.00, and small steps find 3\.00/,
  ],
  [`[${gaussianLike} }, ${gaussianLike} }]`, /it defines the likelihood `t` twice/],
  ['{ name: "elbo", description: "d", unit: "u", goal: null, of: () => 1 }', /called `elbo` is there already/],
  ['{ name: "m", description: "d", unit: "u", goal: "up", of: () => 1 }', /`goal` of the metric `m`/],
  [
    '{ name: "recon", description: "d", unit: "u", goal: null, of: () => 1 }',
    /`recon` is there already, as another name of reconstruction/,
  ],
  [
    '{ name: "m", label: "Active", description: "d", unit: "u", goal: null, of: () => 1 }',
    /a metric with the label `Active` is there already/,
  ],
  [
    '{ name: "m", description: "d", unit: "u", goal: null, of: ({ sums }) => sums.kls[0] }',
    /the metric `m`: `of` fails: Cannot read properties of undefined/,
  ],
  ['{ name: "m", description: "d", unit: "u", goal: null, of: () => "1" }', /`of` gives a string, and a finite number/],
])('refuses %s at its place, before anything starts', async (definition, message) => {
  writeFileSync(at('wrong.js'), `export default ${definition};\n`);
  const text = 'name: w\ndataset: sprites-mini\nuse: [./wrong.js]\nparameters: { likelihood: t }\n';
  writeFileSync(at('wrong.yaml'), definition.includes('unit') ? text.replace(/parameters.*/, '') : text);
  const refused = planSweep(at('wrong.yaml'));
  await expect(refused).rejects.toMatchObject({ code: 'SPEC_INVALID', issues: [{ line: 3, column: 7 }] });
  await expect(refused).rejects.toThrow(message);
});

it('is refused where agents are to train, who run no module of another machine', async () => {
  const asked = planTrials({ specFile: at('own.yaml'), overrides: [], resultsDir: at('results'), agents: {} });
  await expect(asked).rejects.toThrow(/own.yaml:4:\d+ .*agents train with vae-sweep's own definitions alone/);
});

it('warns of values that are none of a probability', async () => {
  writeFileSync(
    at('sum.js'),
    `export default { name: "t", nats: (tf, o, x) => tf.sum(tf.square(tf.sub(o, x)), 1), ${rest} };`,
  );
  writeFileSync(at('sum.yaml'), 'name: w\ndataset: sprites-mini\nuse: [./sum.js]\nparameters: { likelihood: t }\n');
  expect((await planSweep(at('sum.yaml'))).warnings.join()).toMatch(/comes to 1\.77 over all its values/);
});
