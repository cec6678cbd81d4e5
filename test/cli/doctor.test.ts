import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCli, temporaryFolder } from './support.ts';

interface Diagnosis {
  readonly schema: string;
  readonly findings: readonly { topic: string; status: string; text: string; fix: string | null }[];
}

it('tries the engines, the results folder and the data, and says what would be used', async () => {
  const results = path.join(temporaryFolder(), 'not-made-yet');
  const { code, stdout, stderr } = await runCli(['doctor', '--json', '--device', 'cpu', '--results', results]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { schema, findings } = JSON.parse(stdout) as Diagnosis;
  expect(schema).toBe('vae-sweep.doctor/1');
  const textOf = (topic: string) => findings.filter((finding) => finding.topic === topic).map(({ text }) => text);
  expect(textOf('engine')).toContain('compiled/cpu engine on cpu: works');
  expect(textOf('choice')).toEqual(['--device cpu trains on cpu with the compiled/cpu engine, the best that works']);
  expect(textOf('results')[0]).toMatch(/not-made-yet \(made by the first run\): writable, .+ free$/);
  expect(textOf('database')).toEqual([expect.stringMatching(/^SQLite 3\.\d+/), 'no sweeps recorded yet']);
  expect(textOf('data')).toContain('sprites-mini: built in');
});

it('marks what is broken with ✗ and a fix, and exits 1', async () => {
  const results = temporaryFolder();
  mkdirSync(results, { recursive: true });
  writeFileSync(path.join(results, 'sweeps.db'), 'this is no database, however long it may be');
  const { code, stdout } = await runCli(['doctor', '--device', 'gpu:7', '--results', results], {
    CUDA_VISIBLE_DEVICES: '',
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ .*GPU/m);
  expect(stdout).toMatch(/^✗ .*sweeps\.db/m);
  expect(stdout.match(/^ {2}→ /gm)!.length).toBeGreaterThanOrEqual(2);
});

it('names each GPU, and why an engine does not work on it', async () => {
  const folder = temporaryFolder();
  const tool = path.join(folder, 'nvidia-smi');
  writeFileSync(
    tool,
    '#!/bin/sh\necho "0, GPU-00000000-1111-2222-3333-444444444444, NVIDIA Test, 40960, 535.104.05"\n',
  );
  chmodSync(tool, 0o755);
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const { stdout } = await runCli(['doctor', '--json', '--results', folder], env);
  const { findings } = JSON.parse(stdout) as Diagnosis;
  const device = findings.find(({ text }) => text.startsWith('gpu:0'))!;
  expect(device.text).toBe('gpu:0: NVIDIA Test, 40.0 GiB, GPU-00000000-1111-2222-3333-444444444444, driver 535.104.05');
  const engines = findings.filter(({ text }) => text.includes('engine on gpu:0'));
  expect(engines.length).toBeGreaterThan(0);
  for (const { status, text, fix } of engines) {
    expect(status === 'ok' ? text.endsWith(': works') && fix === null : status === 'warning' && fix !== null).toBe(
      true,
    );
  }
  const choice = (all: Diagnosis['findings']): string => all.find(({ topic }) => topic === 'choice')!.text;
  expect(choice(findings)).toMatch(/^--device auto trains on (gpu:0|cpu) with the /);
  // As a run does: a GPU that was asked for is used even if its process must compute on the CPU.
  const asked = await runCli(['doctor', '--json', '--device', 'gpu', '--results', folder], env);
  expect(asked.code).toBe(0);
  expect(choice((JSON.parse(asked.stdout) as Diagnosis).findings)).toMatch(/^--device gpu trains on gpu:0 with the /);
});
