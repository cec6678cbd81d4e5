/** What a spec says in vain is told on stderr, in the form of errors, and the command goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

const SPEC = `name: tiny
dataset: { name: sprites-mini, train: 128, validation: 64 }
parameters: { beta: [1, 4], hidden: [8], channels: [16] }
search: random
trials: 9
train: { epochs: 1 }
`;

describe('warnings about a spec', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sweep-warnings-'));
    return () => rmSync(folder, { recursive: true });
  });
  // The first run trains, the others find all done: warnings are the same.
  const sweep = (command: string, ...flags: string[]) => {
    const slots = command === 'run' ? ['--slots', '1'] : [];
    return runCli([command, writeSpec(folder, SPEC), '--results', `${folder}/results`, ...slots, ...flags]);
  };
  const expectWarnings = (text: string): void => {
    expect(text).toContain(
      'spec.yaml:3:52  `channels` is not used: only architecture conv has it, and there is none here; ' +
        'write `architecture: [mlp, conv]`, or leave it out\n' +
        '  3 | parameters: { beta: [1, 4], hidden: [8], channels: [16] }\n' +
        '    |                                                    ^^^^\n',
    );
    // Random search that asks for more than there is: the true number, at its line.
    expect(text).toContain('spec.yaml:5:9  `trials: 9` is more than there are: 2 different configurations');
  };

  it('plan: on stderr, and the answer on stdout is whole', async () => {
    const { code, stdout, stderr } = await sweep('plan');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^! /);
    expectWarnings(stderr);
    expect(stdout).toMatch(/^tiny · sprites-mini/);
    expect(stdout).toContain('2 configurations × 1 seed = 2 trials');
  });

  it('plan --quiet: none; --json has them as a field, too', async () => {
    const { stdout, stderr } = await sweep('plan', '--quiet', '--json');
    expect(stderr).toBe('');
    const { warnings } = JSON.parse(stdout) as { warnings: string[] };
    expectWarnings(warnings.map((warning) => `${warning}\n`).join(''));
  });

  it('run: on stderr, with line and caret', async () => {
    const { code, stderr } = await sweep('run');
    expect(code).toBe(0);
    expectWarnings(stderr);
  });

  it('run --json: events of type log', async () => {
    const { stdout } = await sweep('run', '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; level?: string; message?: string; excerpt?: string });
    const warnings = events.filter(({ type, level }) => type === 'log' && level === 'warn');
    expectWarnings(warnings.map(({ message, excerpt }) => `${message ?? ''}\n${excerpt ?? ''}\n`).join(''));
  });

  it('run --quiet: none', async () => expect((await sweep('run', '--quiet')).stderr).toBe(''));
});

describe('issue 10, leftovers of issue 9: what an override leaves idle', () => {
  const HIDDEN =
    'name: tiny\ndataset: sprites-mini\nparameters:\n  architecture: [mlp, conv]\n  channels: [[8], [16]]\n  beta: [1, 4]\n';
  const planned = async (text: string, ...overrides: string[]) => {
    const folder = temporaryFolder();
    const { code, stderr } = await runCli(['plan', writeSpec(folder, text), ...overrides, '--results', `${folder}/r`]);
    expect(code).toBe(0);
    return stderr;
  };

  it('is no reason to change the file', async () => {
    const stderr = await planned(`${HIDDEN}exclude: [{ beta: 4, channels: [16] }]\n`, 'architecture=mlp');
    expect(stderr).toContain('has 2 choices that make no difference');
    expect(stderr).toContain('so it is with the override, and the file alone may need it');
    expect(stderr).not.toContain('leave it out');
  });

  it('is, where it is idle without the override, too', async () => {
    const stderr = await planned(`${HIDDEN}exclude: [{ beta: 16 }]\n`, 'beta=1,2');
    expect(stderr).toContain('matches no configuration: `beta` is never 16 (but 1, 2); leave it out');
    expect(stderr).not.toContain('the override');
  });
});
