/** Every command that an answer names runs, and finds something, whatever became of the sweep. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordSweep, type Fate, type RecordedOptions } from '../support/recorded-sweep.ts';
import type { TrialPlan } from '../../src/trial/trial.ts';
import { runCli } from './support.ts';

const TRAIN = 'dataset: { name: sprites-mini, train: 64, validation: 32 }\ntrain: { epochs: 5 }\n';
const spec = (name: string, parameters: string, more = 'seeds: 2'): string =>
  `name: ${name}\n${TRAIN}parameters: ${parameters}\n${more}\n`;
const rateOf = ({ config }: TrialPlan): number => Number(config.parameters['learning_rate']);

const SWEEPS: Readonly<Record<string, readonly [string, RecordedOptions?]>> = {
  beta: [spec('beta', '{ architecture: [mlp, conv], beta: [0.5, 1, 2, 4, 8] }')],
  single: [spec('single', '{ beta: 1 }', 'seeds: 1')],
  seeds: [spec('seeds', '{ beta: 1 }', 'seeds: 5')],
  'one-seed': [spec('one-seed', '{ beta: [1, 2], latent_dim: [2, 4] }', 'seeds: 1')],
  dead: [spec('dead', '{ beta: [1, 4], learning_rate: 9 }'), { fate: () => 'diverged' }],
  halved: [
    spec('halved', '{ beta: [1, 2, 4] }'),
    { fate: (_, place): Fate => (place % 2 === 0 ? 'failed' : 'completed') },
  ],
  overridden: [
    spec('overridden', '{ beta: [1, 2] }'),
    { overrides: ['beta=1,4', 'seeds=3', 'hidden=[[64],[32, 16]]'] },
  ],
  random: [
    spec(
      'random',
      '{ beta: { min: 0.5, max: 8, scale: log }, learning_rate: { min: 1e-4, max: 10, scale: log }, hidden: [[8], [16, 8]] }',
      'search: random\ntrials: 12\nseeds: 2',
    ),
    { fate: (trial) => (rateOf(trial) > 0.5 ? 'diverged' : 'completed') },
  ],
  grid4: [
    spec(
      'grid4',
      '{ architecture: [mlp, conv], beta: [1, 4], latent_dim: [4, 10], learning_rate: [3e-4, 1e-3, 3e-3] }',
    ),
  ],
  stopped: [
    spec('stopped', '{ beta: [1, 2] }'),
    { fate: (_, place) => (place < 2 ? 'completed' : 'open'), end: 'interrupted' },
  ],
  begun: [spec('begun', '{ beta: [1, 2] }'), { fate: () => 'open', end: 'interrupted' }],
  live: [
    spec('live', '{ beta: [1, 2] }'),
    { fate: (_, place) => (place < 2 ? 'completed' : 'running'), end: 'running' },
  ],
  'by-rate': [spec('by-rate', '{ beta: [1, 2] }', 'seeds: 2\nobjective: { metric: val/kl, goal: minimize }')],
};

let folder: string;
const running: Disposable[] = [];
const before = process.cwd();
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-suggested-'));
  process.chdir(folder);
  for (const [text, options] of Object.values(SWEEPS)) {
    const store = await recordSweep(folder, text, options);
    if (options?.end === 'running') running.push(store);
  }
  // An edit that leaves trials outside the plan.
  await recordSweep(folder, spec('seeds', '{ beta: 1 }', 'seeds: 3'));
});
afterAll(() => {
  for (const store of running) store[Symbol.dispose]();
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Wide enough that no command is broken. */
const ask = (args: readonly string[]) => runCli(args, { COLUMNS: '2000' });

/** Commands in backticks, behind `Next:`, and in a list of them. */
function commandsIn(text: string): string[] {
  const listed = [...text.matchAll(/^(?: *Next: |- )(sweep .+)$/gm)].flatMap(([, line]) => line!.split(' · '));
  const quoted = [...text.matchAll(/`(sweep [^`]+)`/g)].map(([, command]) => command!);
  return [...new Set([...listed, ...quoted])];
}

/** As a shell would split it; what it would write to a file is looked at. */
function wordsOf(command: string): string[] {
  const words = command.replace(/ > \S+$/, '').match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|\\(.)/g, '$1$2')).slice(1);
}

/** The same, without training and without an end that waits for one. */
function harmless(words: readonly string[]): string[] {
  const [name, ...others] = words;
  return [name === 'run' ? 'plan' : name!, ...others.filter((word) => word !== '--watch')];
}

async function expectAllToRun(answer: string): Promise<string[]> {
  const commands = commandsIn(answer);
  for (const command of commands) {
    const words = wordsOf(command);
    if (words.includes('--help')) continue;
    const { code, stdout, stderr } = await ask(harmless(words));
    expect({ command, code, stderr: stderr.replaceAll(/^(Spec: .*|! .*|\s.*)\n/gm, '') }).toEqual({
      command,
      code: 0,
      stderr: '',
    });
    expect({ command, isEmpty: stdout.trim() === '' }).toEqual({ command, isEmpty: false });
  }
  return commands;
}

it('in another results folder, too', async () => {
  const at = ['--results', path.join(folder, 'results')];
  const answered = [['report', 'beta'], ['show', 'beta'], ['plan', 'beta'], ['beta'], ['kl']];
  const refused = [
    ['show', '1000000'],
    ['reproduce', 'best'],
    ['gc', 'live'],
    ['rm', 'live', '--yes'],
    ['run', 'beta', '--again', 'no-id'],
  ];
  for (const args of [...answered, ...refused]) {
    const { stdout, stderr } = await ask([...args, ...at]);
    const commands = commandsIn(stdout + stderr).filter((command) => !command.endsWith('--help'));
    expect(commands.length, args.join(' ')).toBeGreaterThan(0);
    for (const command of commands) expect(command).toContain(` ${at.join(' ')}`);
  }
});

describe.each(Object.keys(SWEEPS))('of the sweep %s', (name) => {
  it.each(
    [
      ['report', name],
      ['report', name, '--best', '1'],
      ['report', name, '--all', '--where', 'beta=1..', '--by', 'kl'],
      ['report', name, '--format', 'brief'],
      ['show', name],
      ['effects', name],
      ['plan', name],
      ['status'],
      [name],
    ].map((args) => ({ args })),
  )('$args', async ({ args }) => {
    const { stdout, stderr, code } = await ask(args);
    expect([0, 2, 4]).toContain(code);
    const commands = await expectAllToRun(stdout + stderr);
    if (args[0] === 'report' || args[0] === 'show') expect(commands.length).toBeGreaterThan(0);
    // A place to fill in is for messages that don't know what is meant.
    if (code === 0) expect(commands.filter((command) => /\b[A-Z]{2,}\b/.test(command))).toEqual([]);
  });

  it('the best trial, the words of --json, and comparisons', async () => {
    const best = await ask(['show', 'best', name]);
    await expectAllToRun(best.stdout + best.stderr);
    const { next } = JSON.parse((await ask(['report', name, '--json'])).stdout) as { next: string[] };
    await expectAllToRun(next.map((command) => `- ${command}`).join('\n'));
    const compared = await ask(['compare', name, 'beta=1', 'beta=4']);
    await expectAllToRun(compared.stdout + compared.stderr);
  });
});
