/** What needs no data is refused before data are looked for, let alone downloaded. */
import { expect, it } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

const ON_MNIST = 'name: m\ndataset: mnist\nparameters: { beta: [1, 2] }\n';

/** Nothing is in the cache, and nothing can be fetched. */
function withoutData() {
  const folder = temporaryFolder();
  const nowhere = 'http://127.0.0.1:9';
  const env = { XDG_CACHE_HOME: folder, HOME: folder, https_proxy: nowhere, HTTPS_PROXY: nowhere };
  return { spec: writeSpec(folder, ON_MNIST), env, results: ['--results', `${folder}/results`] };
}

it.each(['plan', 'run'])(
  '%s of five million trials on MNIST complains of their number, not of missing data',
  async (command) => {
    const { spec, env, results } = withoutData();
    const betas = Array.from({ length: 1000 }, (_, index) => index + 1).join(',');
    const grid = ['seeds=1000', `beta=${betas}`, 'latent_dim=2,3,4,5,6'];
    const { code, stderr } = await runCli([command, spec, ...grid, ...results], env);
    expect(stderr).toContain('the spec asks for 5,000,000 trials, and the limit is 100,000');
    expect(stderr).not.toMatch(/data set|download/i);
    expect(code).toBe(2);
  },
);

it('a device that is not there is refused before a download', async () => {
  const { spec, env, results } = withoutData();
  const { code, stderr } = await runCli(['run', spec, '--device', 'gpu:9', ...results], env);
  expect(stderr).toMatch(/gpu:9|GPU/);
  expect(stderr).not.toMatch(/download|mnist/i);
  expect(code).toBe(2);
});
