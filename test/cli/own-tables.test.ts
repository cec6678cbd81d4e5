/** Sweeps over tables of numbers, by the real command. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openResults } from '../../src/index.ts';
import { place } from './own-place.ts';

it('a table has rows, in all that is said of it: nowhere images', async () => {
  const { at, specAt, sweep } = place();
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${Math.sin(i)},${i % 2 === 0 ? 'even' : 'odd'}\n`);
  writeFileSync(at('table.csv'), `a,b,label\n${rows.join('')}`);
  const file = specAt(
    'a.yaml',
    'name: table\ndataset: { path: ./table.csv, train: 1000 }\ntrain: { epochs: 1 }\n' +
      'parameters: { likelihood: gaussian_optimal, hidden: [8], latent_dim: [1, 2] }\n',
  );
  const where = ['--results', at('r')];
  for (const [args, says] of [
    [['data', at('table.csv')], 'a hash of each row'],
    [['plan', file, ...where], 'asks for 1,000 rows, and table.csv has 48'],
    [['run', file, '--device', 'cpu', ...where], 'worse than a constant row'],
    [['report', ...where], 'nats per row at β = 1'],
    [['report', '--format', 'md', ...where], '48 training and 6 validation rows'],
    [['report', '--format', 'latex', ...where], 'test rows'],
    [['report', '--format', 'brief', ...where], '48 training and 6 validation rows'],
    [['show', 'best', ...where], 'nats per row'],
    [['effects', ...where], 'nats per row at β = 1'],
    [['compare', 'latent_dim=1', 'latent_dim=2', ...where], 'in nats per row'],
    [['compare', 'latent_dim=1', 'latent_dim=2', '--json', ...where], 'nats per row at β = 1'],
    [['status', '--json', ...where], 'nats per row at β = 1'],
    [['score', 'table', ...where], '6 test rows of table.csv'],
  ] as const) {
    const { code, stdout, stderr } = await sweep(...args);
    // What programs read keeps its names: `train_images`.
    const said = `${stdout}${stderr}`.replaceAll(/\n +| ! +/g, ' ');
    expect({ args, code, images: /.*\bimages?\b.*/i.exec(said)?.[0] }).toEqual({ args, code: 0, images: undefined });
    expect(said).toContain(says);
  }
});

it('columns of numbers train an mlp of a normal distribution; what only images have is refused, and no picture is missed', async () => {
  const { at, specAt, sweep, ok } = place();
  const rows = Array.from({ length: 60 }, (_, i) =>
    [`x${i}`, i, 1e6 + i * i, Math.sin(i), i % 2 === 0 ? 'even' : 'odd'].join(','),
  );
  writeFileSync(at('table.csv'), ['id,a,b,c,label', ...rows, ''].join('\n'));
  const text = (more: string) =>
    `name: table\ndataset: { path: ./table.csv, drop: [id] }\nparameters: { ${more}, hidden: [8], latent_dim: 2 }\ntrain: { epochs: 2 }\n`;
  const misfit = await sweep('plan', specAt('a.yaml', text('architecture: [mlp, conv]')));
  expect(misfit.code).toBe(2);
  expect(misfit.stderr).toMatch(
    /`bernoulli` models values from 0 to 1.*these fit: gaussian, gaussian_learned, gaussian_optimal/,
  );
  expect(misfit.stderr).toMatch(
    /a\.yaml:3:35 {2}`conv` is for images, and table\.csv holds columns of numbers; these fit: mlp/,
  );
  const where = ['--results', at('r')];
  await ok('run', specAt('b.yaml', text('likelihood: gaussian_optimal')), '--device', 'cpu', '--quiet', ...where);
  const scored = JSON.parse(
    await ok('score', 'table', '--data', at('table.csv'), '--normal', 'even', '--json', ...where),
  ) as {
    trial: string;
    samples: number;
    anomalies: object;
  };
  expect(scored).toMatchObject({ samples: 60, anomalies: { others: 30 } });
  const own = JSON.parse(await ok('score', 'table', '--json', ...where)) as { elbo: number };
  const results = openResults(at('r'));
  expect(own.elbo).toBeCloseTo(results.best('table').trial.metrics['test/elbo']!, 6);
  results.close();
  await ok('encode', 'table', '-o', at('z.npz'), ...where);
  await ok('decode', 'table', '--data', at('z.npz'), '-o', at('x.npz'), ...where);
  expect(await ok('data', at('x.npz'))).toContain('rows        6 of 3 columns');
  expect(await ok('report', '--format', 'html', '-o', at('page.html'), ...where)).toContain('page.html');
  const sections = readFileSync(at('page.html'), 'utf8').matchAll(/<section id="([a-z]+)"/g);
  expect([...sections].map(([, id]) => id)).toEqual([
    ...['winner', 'leaderboard', 'plane', 'curves', 'health', 'timeline', 'provenance'],
  ]);
  expect(await ok('reproduce', scored.trial, ...where)).toContain('the same bits');
  expect(await ok('data', at('table.csv'), '--drop', 'id', '--drop', 'b')).toContain('rows        60 of 2 columns');
  // New rows need not have what was left out.
  writeFileSync(at('rev.csv'), 'a,c,b\n1,0.5,1000001\n');
  const reversed = await sweep('score', 'table', '--data', at('rev.csv'), ...where);
  expect(reversed.code).toBe(2);
  expect(reversed.stderr).toContain('its column 2 is `c`, and the trial trained on `b` there');
  writeFileSync(at('unnamed.csv'), '1,1000001,0.5\n');
  await ok('score', 'table', '--data', at('unnamed.csv'), ...where);
  await ok('generate', 'table', '-o', at('g.npz'), ...where);
  await ok('score', 'table', '--data', at('g.npz'), ...where);
  expect((await sweep('generate', 'table', '-o', at('g.csv'), ...where)).stderr).toContain('Write an .npz.');
  for (const args of [['gallery'], ['generate', 'table'], ['score', 'table', '--worst']]) {
    const { code, stderr } = await sweep(
      ...args,
      ...(args.includes('--worst') ? [at('p.png')] : ['-o', at('p.png')]),
      ...where,
    );
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/columns of numbers, which have no picture/) as string,
    });
  }
});
