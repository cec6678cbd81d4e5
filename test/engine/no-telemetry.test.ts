/** ONNX Runtime leaves nothing in the user's cache, which it does before it sends anything: not here, and not in a sweep. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BIN, TINY_SPEC, writeSpec } from '../cli/support.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** Runs Node with a home of its own, as a user does: CI's variables would turn telemetry off by themselves. */
function filesInHomeAfter(args: (folder: string) => string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-home-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const home = mkdtempSync(path.join(folder, 'home-'));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, HOME: home };
  execFileSync(process.execPath, args(folder), { cwd: ROOT, env, stdio: 'pipe' });
  return readdirSync(home, { recursive: true, encoding: 'utf8' });
}

const session = (library: string): string =>
  `const { InferenceSession } = await import('${library}'); await InferenceSession.create(new Uint8Array(3)).catch(() => 0);`;

it.runIf(process.platform === 'linux')('the library by itself would', () => {
  const found = filesInHomeAfter(() => ['--input-type=module', '-e', session('onnxruntime-node')]);
  expect(found.filter((name) => name.endsWith('deviceid'))).toHaveLength(1);
});

it('as the engine loads it, it leaves nothing', () => {
  const own = session('./src/engine/compiled/onnx-runtime.ts');
  expect(filesInHomeAfter(() => ['--input-type=module', '-e', own])).toEqual([]);
});

it('nor in the threads of a device process', () => {
  const spec = TINY_SPEC.replace('beta: [1, 4]', 'beta: 1').replace('epochs: 2', 'epochs: 1');
  const found = filesInHomeAfter((folder) => [
    ...[BIN, 'run', writeSpec(folder, spec), '--quiet', '--device', 'cpu', '--slots', '1'],
    ...['--results', path.join(folder, 'results')],
  ]);
  expect(found.filter((name) => /onnxruntime|Microsoft/.test(name))).toEqual([]);
});
