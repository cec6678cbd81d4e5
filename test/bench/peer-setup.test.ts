import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { headerLines, type Machine } from './machine.ts';
import type { PeerSetups } from './peer-probe.ts';
import { findBestSetup, ONE_THREAD, type Knob, type PeerSetup, type Probed } from './peer-setup.ts';

const INSTALLED: PeerSetup = { env: {}, settings: {} };
const SKYLAKE = { env: { OPENBLAS_CORETYPE: 'SkylakeX' } };
const ZEN = { env: { OPENBLAS_CORETYPE: 'Zen' } };
const KEPT = { env: { MALLOC_TOP_PAD_: '1' } };
const FLUSH = { settings: { flush_denormals: true } };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** A probe whose times are a base less what each part of a set-up gains. */
function probe(gains: Record<string, number>, wrong: readonly string[] = []) {
  return (setups: readonly PeerSetup[]): Promise<Probed[]> =>
    Promise.resolve(
      setups.map((setup) => {
        const parts = [...Object.values(setup.env), ...Object.keys(setup.settings)];
        const ms = parts.reduce((rest, part) => rest - (gains[part] ?? 0), 20);
        return { setup, ms, error: parts.some((part) => wrong.includes(part)) ? 1e-2 : 1e-6, kernels: 'Haswell' };
      }),
    );
}

/** What a process started as a peer says of some variables: the interpreter here is a shell that prints them. */
async function seenByPeer(tuning?: Record<string, string>): Promise<unknown> {
  const interpreter = path.join(await mkdtemp(path.join(os.tmpdir(), 'peer-')), 'python');
  const said =
    'printf \'{"kernels":"%s","memory":"%s","lang":"%s"}\\n\' "$OPENBLAS_CORETYPE" "$MALLOC_TOP_PAD_" "$LANG"';
  await writeFile(interpreter, `#!/bin/sh\n${said}\n`);
  await chmod(interpreter, 0o755);
  vi.stubEnv('BENCH_PYTHON', interpreter);
  vi.resetModules();
  const { PeerProcess } = await import('./peer-process.ts');
  const peer = new PeerProcess('step.py', {}, tuning);
  try {
    return await peer.answer();
  } finally {
    await peer.close();
  }
}

test('honest figures: a peer inherits no tuning from the shell, only what the probe has chosen', async () => {
  vi.stubEnv('OPENBLAS_CORETYPE', 'Haswell');
  vi.stubEnv('OPENBLAS_L2_SIZE', '512');
  vi.stubEnv('MALLOC_TOP_PAD_', '0');
  vi.stubEnv('LANG', 'C.UTF-8');
  expect(await seenByPeer()).toEqual({ kernels: '', memory: '', lang: 'C.UTF-8' });
  const chosen = { OPENBLAS_CORETYPE: 'SkylakeX' };
  expect(await seenByPeer(chosen)).toEqual({ kernels: 'SkylakeX', memory: '', lang: 'C.UTF-8' });
});

test('honest figures: the best set-up takes of each knob what is fastest, or nothing', async () => {
  const knobs: Knob[] = [[SKYLAKE, ZEN], [KEPT], [FLUSH]];
  const { best, installed } = await findBestSetup(
    INSTALLED,
    knobs,
    probe({ SkylakeX: 5, Zen: 2, 1: 3, flush_denormals: -1 }),
  );
  expect(best.setup).toEqual({ env: { ...SKYLAKE.env, ...KEPT.env }, settings: {} });
  expect([best.ms, installed.ms]).toEqual([12, 20]);
});

test('honest figures: kernels that compute wrong are not chosen, however fast', async () => {
  const { best } = await findBestSetup(INSTALLED, [[SKYLAKE, ZEN]], probe({ SkylakeX: 15, Zen: 2 }, ['SkylakeX']));
  expect(best.setup).toEqual({ env: ZEN.env, settings: {} });
});

test('honest figures: without any set-up that computes right there is no peer, rather than a wrong one', async () => {
  const allWrong = (setups: readonly PeerSetup[]): Promise<Probed[]> =>
    Promise.resolve(setups.map((setup) => ({ setup, ms: 1, error: 0.5, kernels: 'Zen' })));
  await expect(findBestSetup(INSTALLED, [[ZEN]], allWrong)).rejects.toThrow(/Zen: off by 0.5/);
});

test('honest figures: what only noise made the best on the way does not stay', async () => {
  // The first round favours Zen, the last shows that it is slower.
  let round = 0;
  const noisy = (setups: readonly PeerSetup[]): Promise<Probed[]> => probe({ Zen: round++ === 0 ? 5 : -5 })(setups);
  expect((await findBestSetup(INSTALLED, [[ZEN]], noisy)).best.setup).toEqual(INSTALLED);
});

test('honest figures: the header says how the peer ran at its best, beside as installed, and what was withheld', () => {
  const machine: Machine = {
    ...{ date: '2026-01-01', cpu: 'cpu', cores: 2, memoryGb: 8, load: 0, system: 'Linux', commit: 'c', versions: {} },
    withheld: ['OPENBLAS_CORETYPE=Haswell'],
  };
  const installed = { setup: INSTALLED, ms: 14, error: 0, kernels: 'Cooperlake' };
  const setup = { env: { ...ONE_THREAD, ...SKYLAKE.env, ...KEPT.env }, settings: FLUSH.settings };
  const best = { setup, ms: 11.25, error: 0, kernels: 'SkylakeX' };
  const both = { best, installed };
  const peers: PeerSetups = { mlp: both, conv: both, products: both, sweep: best };
  const header = headerLines(machine, peers).join('\n');
  expect(header).toContain(
    'PyTorch, mlp, at its best: 1 thread, OPENBLAS_CORETYPE=SkylakeX, MALLOC_TOP_PAD_=1, flush denormals: 11.3 ms of core time a step',
  );
  expect(header).toMatch(/as installed: \d+ threads?, OPENBLAS_CORETYPE unset \(Cooperlake\): 14 ms/);
  expect(header).toContain('OPENBLAS_CORETYPE=Haswell');
});
