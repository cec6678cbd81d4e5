/** The four answers of a search, in every form of its report; and how the best came about. */
import { AxeBuilder } from '@axe-core/playwright';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANSWERS } from '../schemas/answers.ts';
import { costOf } from '../src/analysis/search/search-account.ts';
import { runSweep } from '../src/sweep.ts';
import { searchAnswers } from '../src/render/report/search-text.ts';
import type { ReportModel } from '../src/analysis/report/report-model.ts';
import { summarize } from '../src/analysis/report/summarize.ts';
import { snapshotOf, trialRecord } from './analysis/support.ts';
import { runCli } from './cli/support.ts';
import { HAS_BROWSER, inBrowser, openInBrowser } from './page/browser.ts';
import { recordSweep } from './support/recorded-sweep.ts';
import { ToyExecutor } from './support/toy-executor.ts';
import { toySurroundings } from './support/toy-surroundings.ts';

const SPEC = `name: found
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { beta: { min: 1, max: 9 }, latent_dim: [2, 4, 8] }
search: tpe
trials: 24
seeds: 2
train: { epochs: 9, batch_size: 16 }
prune: { method: halving }
`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-answers-'));
  const options = { specFile: 'found.yaml', specText: SPEC, overrides: [], resultsDir: folder, device: 'cpu' };
  await runSweep({ ...options, slots: 2 }, () => undefined, toySurroundings(new ToyExecutor({ devices: { cpu: 2 } })));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sweep = async (...args: string[]): Promise<string> =>
  (await runCli([...args, '--results', folder], { COLUMNS: '1000' })).stdout;

interface Answers {
  readonly found: { readonly message: string };
  readonly cost: Readonly<Record<'trials' | 'epochs' | 'epochs_saved', number>> & { readonly message: string };
  readonly mattered: {
    readonly message: string;
    readonly after_epoch: number | null;
    readonly parameters: readonly {
      readonly parameters: readonly string[];
      readonly hardly: boolean;
    }[];
  };
  readonly next: { readonly message: string; readonly command: string | null };
  readonly course: readonly {
    readonly end: string;
    readonly sampler: string;
    readonly value: number;
    readonly epochs: number;
    readonly best_so_far: number | null;
  }[];
}
const answersOf = async (...flags: string[]): Promise<Answers> => {
  const answer = ANSWERS['report']!.parse(JSON.parse(await sweep('report', 'found', '--json', ...flags)));
  return (answer as { answers: Answers }).answers;
};

test('a program gets the numbers behind each answer, and the course of the search', async () => {
  const { cost, mattered, course } = await answersOf();
  expect(cost.trials).toBe(48);
  expect(cost.epochs + cost.epochs_saved).toBe(48 * 9);
  expect(mattered.after_epoch).toBe(1);
  expect(mattered.parameters[0]).toMatchObject({ parameters: ['beta'], hardly: false });
  expect(course).toHaveLength(24);
  // Nothing is learnt before ten configurations.
  expect(course.map(({ sampler }) => sampler)).toEqual([
    ...Array<string>(10).fill('even'),
    ...Array<string>(14).fill('tpe'),
  ]);
  let best: number | null = null;
  for (const { end, epochs, value, best_so_far } of course) {
    expect([end, epochs]).toEqual(epochs === 9 ? ['completed', 9] : ['pruned', expect.any(Number)]);
    if (end === 'completed') best = Math.max(best ?? -Infinity, value);
    expect(best_so_far).toBe(best);
  }
  expect(best).not.toBeNull();
});

test('screen, Markdown and page say the same as JSON', async () => {
  const { found, cost, mattered, next } = await answersOf();
  const table = await sweep('report', 'found');
  const markdown = (await sweep('report', 'found', '--format', 'md')).replaceAll('\\', '');
  for (const [name, { message }] of Object.entries({ found, cost, mattered, next })) {
    expect(table).toContain(` ${name.padEnd(9)}${message}`);
    expect(markdown).toContain(`**${name[0]!.toUpperCase()}${name.slice(1)}:** ${message}`);
  }
  expect(next.command).toMatch(/^sweep report found --next .*> next\.yaml$/);
  expect(markdown).toContain(`: \`${next.command}\`\n`);
});

test('of the best alone it says the same, and the next command is of the trials that it was asked of', async () => {
  const { found, next } = await answersOf();
  for (const best of ['1', '3']) {
    const few = await answersOf('--best', best);
    expect([few.found.message, few.next]).toEqual([found.message, next]);
  }
  const some = await answersOf('--where', 'latent_dim=2,4');
  expect(some.next.command).toContain(' --next --where latent_dim=2,4 --results ');
});

test('a brief and LaTeX have them, too', async () => {
  const { cost, mattered, next } = await answersOf();
  const brief = await sweep('report', 'found', '--format', 'brief');
  const latex = await sweep('report', 'found', '--format', 'latex');
  for (const [name, { message }] of Object.entries({ cost, mattered })) {
    expect(brief).toContain(`- ${name}: ${message.slice(0, 250)}`);
    expect(latex).toContain(`% ${name}: ${message}\n`);
  }
  // A line each: a command is never cut.
  expect(brief).toContain(`- ${next.message}\n- ${next.command}\n`);
  expect(brief).toContain('- It was picked from 24 by the 2 seeds');
});

test('results of other sweeps cost nothing here, and are counted apart', () => {
  const own = trialRecord({ epochs: 3, seconds: 2 });
  const cost = costOf([own, { ...own, reusedFrom: 'other' }]);
  expect(cost).toMatchObject({ trials: 1, epochs: 3, seconds: 2, takenOver: 1 });
});

test('trials that were pruned are called so', async () => {
  const pruned = (await answersOf()).course.filter(({ end }) => end === 'pruned').length;
  expect(await sweep('show', 'found')).toContain(`, ${2 * pruned} pruned\n`);
  const { trials } = JSON.parse(await sweep('show', 'found', '--json')) as {
    trials: { trial: string; state: string }[];
  };
  const { trial } = trials.find(({ state }) => state === 'pruned')!;
  expect(await sweep('show', trial)).toContain('\n pruned: it goes on with `sweep run SPEC --revive TRIAL`');
});

test('the best of many is told to look better than it is, until further seeds have confirmed it', async () => {
  const { found } = await answersOf();
  expect(found.message).toContain(
    'It was picked from 24 by the 2 seeds that it is ranked by, so it is likely to look better than it is',
  );
  expect(found.message).toContain('`seeds: { screen: 2, confirm: 6 }` ranks the best by seeds of their own.');
});

/** Of a sweep of random results. */
async function otherReport(name: string, text: string, ...flags: string[]): Promise<Record<string, unknown>> {
  const own = path.join(folder, name);
  if (!existsSync(own)) await recordSweep(own, text);
  const { stdout } = await runCli(['report', 'found', '--json', ...flags, '--results', path.join(own, 'results')]);
  return JSON.parse(stdout) as Record<string, unknown>;
}
const UNPRUNED = SPEC.replace(/^prune.*\n/m, '').replace('seeds: 2', 'seeds: 3');

test('no more seeds for all are advised of a search that learns, since that would be another search', async () => {
  const random = UNPRUNED.replace('tpe', 'random');
  const tpe = `${UNPRUNED}lookahead: 24\nsearch_seed: 2\n`;
  for (const flags of [[], ['--by', 'elbo']]) {
    const { seed_advice: advice } = await otherReport('random', random, ...flags);
    expect((advice as { needed: number }).needed).toBeGreaterThan(3);
    expect(await otherReport('tpe', tpe, ...flags)).toMatchObject({ seed_advice: null });
  }
});

test('one seed has no interval, and listed seeds are no screening', async () => {
  const one = await otherReport('one', UNPRUNED.replace('tpe', 'random').replace('seeds: 3', 'seeds: [7]'));
  expect((one['answers'] as Answers).found.message).toMatch(
    / picked from 24 by the seed that it is ranked by, so it is likely to look better than it is\.$/,
  );
});

test('what may be chance is not said to have mattered', () => {
  const report = summarize(snapshotOf([trialRecord()]));
  const share = (name: string, part: number, low: number, high: number) => {
    return { parameters: [name], within: null, share: { share: part, low, high } };
  };
  const mattered = (...parameters: readonly ReturnType<typeof share>[]): string => {
    const effects = { parameters, interaction: null, epoch: null, trainedOn: null, configurations: 9 };
    const search = { ...costOf([]), seeds: [0], course: [], next: { kind: 'no result' }, effects };
    const model = { ...report, search } as unknown as ReportModel;
    return searchAnswers(model).find(({ name }) => name === 'mattered')!.text;
  };
  const [beta, latents, hidden] = [
    share('beta', 0.45, 0.21, 0.6),
    share('latent_dim', 0.13, 0, 0.34),
    share('hidden', 0.01, 0, 0.02),
  ];
  expect(mattered(beta, latents, hidden)).toBe(
    'beta 45 % (21 to 60) of the variance; not told from chance latent_dim 13 % (0 to 34); hardly hidden 1 % (0 to 2).',
  );
  expect(mattered(latents)).toBe('nothing that is told from chance; the most latent_dim 13 % (0 to 34).');
});

test('effects are of all trials at equal epochs, not of those alone that were chosen', async () => {
  const effects = JSON.parse(await sweep('effects', 'found', '--json')) as Record<string, unknown>;
  expect(effects).toMatchObject({ epoch: 1, configurations: 24, trials: { total: 48, completed: 48 } });
  const text = await sweep('effects', 'found');
  expect(text).toContain('48/48 trials after epoch 1');
  expect(text).toContain('All are looked at after epoch 1 of 9, where the first were pruned');
  // What a trial is as a whole has no epochs.
  expect(JSON.parse(await sweep('effects', 'found', '--by', 'trainable_weights', '--json'))).toMatchObject({
    epoch: null,
  });
});

describe.skipIf(!HAS_BROWSER)('the page', () => {
  const open = async (hash = '', options = {}) => {
    const file = path.join(folder, 'page.html');
    await sweep('report', 'found', '--format', 'html', '-o', file);
    return openInBrowser(file, hash, options);
  };

  test(
    inBrowser('has the answers, and a mark for each configuration, those pruned hollow and the first ones square'),
    async () => {
      const { found, next, course } = await answersOf();
      const { page, complaints } = await open('', { javaScriptEnabled: false });
      const answers = page.locator('dl.answers');
      expect(await answers.locator('dt').allInnerTexts()).toEqual(['found', 'cost', 'mattered', 'next']);
      const said = (await answers.locator('dd').first().innerText()).replaceAll('\u00a0', ' ').replaceAll('−', '-');
      expect(said).toBe(found.message.replaceAll('`', ''));
      expect(await answers.locator('dd').last().innerText()).toContain(next.command);
      const marks = page.locator('figure[data-chart="course"] .mark');
      expect(await marks.count()).toBe(24);
      expect(await page.locator('figure[data-chart="course"] rect.mark').count()).toBe(10);
      const hollow = page.locator('figure[data-chart="course"] .mark[fill="var(--paper)"]');
      expect(await hollow.count()).toBe(course.filter(({ end }) => end === 'pruned').length);
      const note = (await page.locator('#course .notes').textContent())!.replaceAll('\u00a0', ' ');
      expect(note).toMatch(/beyond the axis, as far as −\d/);
      const rows = page.locator('#course tbody tr');
      expect(await rows.count()).toBe(24);
      expect(await rows.last().locator('td').last().textContent()).toBe(
        course.at(-1)!.best_so_far!.toFixed(2).replace('-', '−'),
      );
      expect(complaints).toEqual([]);
    },
  );

  test.each([1280, 390])(
    inBrowser('runs over configurations or time, at %i pixels, which the address keeps'),
    async (width) => {
      const { page, complaints } = await open('', { viewport: { width, height: 900 } });
      const select = page.locator('#course select');
      await select.scrollIntoViewIfNeeded();
      const axis = page.locator('#course svg', { hasText: 'since the first trial began' });
      expect(await axis.count()).toBe(0);
      await select.selectOption('time');
      await axis.waitFor();
      await page.waitForURL(/over=time/);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  test(inBrowser('axe finds no serious fault in them, also in the dark'), async () => {
    const { page } = await open();
    await page.locator('#course').scrollIntoViewIfNeeded();
    for (const theme of ['light', 'dark']) {
      if (theme === 'dark') await page.keyboard.press('t');
      const { violations } = await new AxeBuilder({ page }).include('#course').include('#answers').analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
  });
});
