/** `sweep effects` on a sweep that was trained. */
import { expect, it } from 'vitest';
import { openResults } from '../../src/index.ts';
import { runCli } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

it('tells the same in every format, to the command and to programs', async () => {
  const { folder } = await trainedSweep();
  const results = `${folder}/results`;
  const table = await runCli(['effects', '--results', results]);
  expect(table).toMatchObject({ code: 0, stderr: '' });
  expect(table.stdout).toMatch(/^tiny · what moves val\/elbo /);
  expect(table.stdout).toMatch(/^ beta +100 %$/m);
  expect(table.stdout).toContain('one seed each');

  const json = JSON.parse((await runCli(['effects', 'tiny', 'beta', '--json', '--results', results])).stdout) as {
    schema: string;
    method: string;
    parameters: { parameters: string[]; levels: { value: number; mean: number }[] }[];
  };
  expect(json).toMatchObject({ schema: 'vae-sweep.effects/1', method: 'grid', seeds: null, where: null });
  const [beta] = json.parameters;
  expect(beta!.levels.map(({ value }) => value)).toEqual([1, 4]);

  const opened = openResults(results);
  expect(opened.effects('tiny').parameters[0]!.levels.map(({ mean }) => mean)).toEqual(
    beta!.levels.map(({ mean }) => mean),
  );
  opened.close();

  const csv = await runCli(['effects', '--format', 'csv', '--results', results]);
  expect(csv.stdout.split('\n')[1]).toMatch(new RegExp(`^tiny,val/elbo,beta,1,,,1,,,${beta!.levels[0]!.mean},`));
  const md = await runCli(['effects', '--format', 'md', '--results', results]);
  expect(md.stdout).toMatch(/^\| beta \| 100 % \| 1 \|/m);
});

it('says what can be asked for', async () => {
  const { folder } = await trainedSweep();
  const here = ['--results', `${folder}/results`];
  expect(await runCli(['effects', 'bta', ...here])).toMatchObject({ code: 4, stdout: '' });
  const unknown = await runCli(['effects', 'tiny', 'latent_dim', ...here]);
  expect(unknown.stderr).toContain('latent_dim is the same in every trial here. Parameters that differ in tiny: beta.');
  expect(unknown.code).toBe(2);
});
