/** Words that a user means well: each gets the command that does it, or the line that says it. */
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

/** In a folder that has `sweeps/tiny.yaml`, as a checkout has its own. */
async function sweepIn(folder: string, ...args: string[]) {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const { code, stdout, stderr } = await runCli(args, { COLUMNS: '200', SWEEP_RESULTS: 'results' });
    return { code, stdout, stderr };
  } finally {
    process.chdir(before);
  }
}

function folderWithSpec(): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'sweeps'));
  renameSync(writeSpec(folder, TINY_SPEC), path.join(folder, 'sweeps/tiny.yaml'));
  return folder;
}

it.each(['tiny', 'tiny.yaml', 'sweeps/tiny', 'sweeps/tiny.yaml'])('plan %s finds sweeps/tiny.yaml', async (name) => {
  const { code, stdout, stderr } = await sweepIn(folderWithSpec(), 'plan', name);
  expect({ code, stderr }).toEqual({ code: 0, stderr: name.endsWith('s/tiny.yaml') ? '' : 'Spec: sweeps/tiny.yaml\n' });
  expect(stdout).toContain('Next: sweep run sweeps/tiny.yaml');
});

/** No file can be called so. */
const LONG = 'a'.repeat(300);

it.each([
  [['plan', 'tyni'], 'There is no spec tyni. Did you mean sweeps/tiny.yaml? Specs here: sweeps/tiny.yaml.'],
  [['run', 'sweeps'], 'sweeps is a folder, not a spec. Specs here: sweeps/tiny.yaml.'],
  [['plan'], 'Something is missing: sweep plan <spec> [overrides..]. Specs here: sweeps/tiny.yaml.'],
  [['resume'], 'Something is missing: sweep run <spec> [overrides..]. Specs here: sweeps/tiny.yaml.'],
  [['tiny'], '`tiny` is no command, but a spec: `sweep plan tiny`, `sweep run tiny`.'],
  [['plan', LONG], "can't be read (ENAMETOOLONG"],
  [[LONG], 'Unknown command'],
  [['latent_dim'], '`latent_dim` is no command, but a parameter: `sweep effects latent_dim`.'],
  [['lr'], '`lr` is no command, but the parameter learning_rate: `sweep effects learning_rate`.'],
  [['kl'], '`kl` is no command, but a metric: `sweep report --by kl`.'],
  [['mnist'], '`mnist` is no command, but a data set: `sweep data`.'],
  [['plan', 'tiny', 'beta=1', '4'], 'override 2 (4)  expected key=value; e.g. beta=1,4'],
  [['plan', 'tiny', 'seeds=2', 'beta=1,', '4'], 'override 3 (4)  expected key=value; e.g. beta=1,4'],
  [
    ['run', 'beta=4'],
    'beta=4 replaces a part of a spec, and follows it: sweep run SPEC beta=4. Specs here: sweeps/tiny.yaml.',
  ],
  [
    ['run', 'tiny', '--beta', '4'],
    'Unknown flag --beta: beta is a part of the spec, and follows it without dashes: beta=4.',
  ],
  [
    ['plan', 'tiny', '--batch-size=64'],
    'Unknown flag --batch-size: batch_size is a part of the spec, and follows it without dashes: batch_size=64.',
  ],
  [
    ['run', 'tiny', '--lr', '1e-3'],
    'learning_rate is a part of the spec, and follows it without dashes: learning_rate=1e-3.',
  ],
  [
    ['run', 'tiny', '--dataset', 'mnist'],
    'dataset is a part of the spec, and follows it without dashes: dataset=mnist.',
  ],
  [['report', '--beta', '4'], 'Unknown flag --beta: trials are chosen by --where beta=4.'],
  [['report', '--top', '5'], 'Unknown flag --top: here it is --best.'],
  [['report', '--sort', 'kl'], 'Unknown flag --sort: here it is --by.'],
  [['run', 'tiny', '--workers', '2'], 'Unknown flag --workers: here it is --slots.'],
  [['run', 'tiny', '--dry-run'], 'Unknown flag --dry-run: `sweep plan SPEC` says what would run.'],
  [['run', 'beta', '--beta', '4'], 'Unknown flag --beta: beta is a part of the spec,'],
  [['run', 'tiny', '--resume'], 'goes on by itself'],
  [['logs', '-f'], 'Unknown flag -f: `sweep status --watch` looks on while a sweep runs.'],
  [['best'], 'There is no command `best`; here it is `sweep report --best` or `sweep show best`.'],
  [['kill'], 'There is no command `kill`; here it is `sweep stop`.'],
  [['plan', 'sweeps\\tiny.yaml'], 'Did you mean sweeps/tiny.yaml?'],
])('%j: exit 2, and %s', async (args, says) => {
  const { code, stdout, stderr } = await sweepIn(folderWithSpec(), ...args);
  expect(stderr).toContain(says);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

it.each(['ls', 'list', 'ps'])('%s is status', async (word) => {
  const results = temporaryFolder();
  expect(await runCli([word, '--results', results])).toEqual(await runCli(['status', '--results', results]));
});

it('`help COMMAND` is its --help', async () => {
  const { stdout } = await runCli(['help', 'plan']);
  expect(stdout).toBe((await runCli(['plan', '--help'])).stdout);
  expect(stdout).toContain('sweep plan <spec>');
});

it.each([
  ['nonsense', 'Unknown command `nonsense`: use one of init, plan, run,'],
  ['nonsense', 'doctor, spec, metrics, exit-codes. See `sweep --help`.'],
  ['metric', 'did you mean `metrics`?'],
  ['rn', 'did you mean `run`?'],
])('help %s: exit 2, and what there is', async (about, says) => {
  const { code, stdout, stderr } = await runCli(['help', about]);
  expect(stderr).toContain(says);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

it('widths that rise are one network, and may have been meant as choices', async () => {
  const spec = writeSpec(temporaryFolder(), TINY_SPEC);
  const rising = await runCli(['plan', spec, 'hidden=32,64']);
  expect(rising.stderr).toContain(
    'override 1 (hidden=32,64)  `hidden` is one network of 2 layers here (32, 64), an encoder that widens; for choices write [[32], [64]]',
  );
  expect((await runCli(['plan', spec, 'hidden=64,32'])).stderr).toBe('');
  expect((await runCli(['plan', spec, 'hidden=[[32],[64]]'])).stderr).toBe('');
});

it.each([
  ['spec', /^ {2}latent_dim$/m],
  ['metrics', /^ {2}train\/elbo, val\/elbo, test\/elbo$/m],
  ['spec', /^Likelihoods of your own come beside these, by `use`/m],
  ['metrics', /^Metrics of your own come beside these, by `use`/m],
  ['exit-codes', /^ {2}4 {2}nothing found$/m],
])('help %s is told from the definitions', async (topic, says) => {
  const { code, stdout } = await runCli(['help', topic]);
  expect(code).toBe(0);
  expect(stdout).toMatch(says);
});
