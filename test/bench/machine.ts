import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PEER_PYTHON } from './peer-process.ts';
import type { PeerSetups } from './peer-probe.ts';
import { describeSetup, type BestSetup } from './peer-setup.ts';
import { formatNumber } from './table.ts';

const run = promisify(execFile);

/** What a reader of the figures must know about where they were taken. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Processes that wanted to run during the last minute, before the benchmark: above 0.2, others disturb it. */
  readonly load: number;
  readonly system: string;
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What the shell had tuned. Our own process had read it already; nothing that it starts gets it. */
  readonly withheld: readonly string[];
}

export async function describeMachine(withheld: readonly string[]): Promise<Machine> {
  return {
    date: new Date().toISOString(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 1e9),
    load: os.loadavg()[0]!,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    commit: await commit(),
    versions: { node: process.versions.node, ...(await ourVersions()), ...(await peerVersions()) },
    withheld,
  };
}

export function headerLines(machine: Machine, peers: PeerSetups | undefined): string[] {
  const { date, cpu, cores, memoryGb, load, system, commit, versions, withheld } = machine;
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `vae-sweep ${commit}, ${date}`,
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, load before the run ${load.toFixed(2)}`,
    listed.join(', '),
    ...(withheld.length === 0
      ? []
      : [`withheld from all that is started, the peers above all: ${withheld.join(', ')}`]),
    ...(peers === undefined ? [] : peerLines(peers)),
  ];
}

function peerLines({ mlp, conv, sweep, products }: PeerSetups): string[] {
  const line = (what: string, of: string, { best, installed }: BestSetup): string =>
    `${what} at its best: ${describeSetup(best)}: ${formatNumber(best.ms)} ms of core time a ${of} of the probe; ` +
    `as installed: ${describeSetup(installed)}: ${formatNumber(installed.ms)} ms`;
  return [
    line('PyTorch, mlp,', 'step', mlp),
    line('PyTorch, conv,', 'step', conv),
    `PyTorch, both in a sweep, at its best: ${describeSetup(sweep)}`,
    line('numpy, 1024³,', 'product', products),
  ];
}

async function commit(): Promise<string> {
  try {
    const { stdout } = await run('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname });
    return stdout.trim();
  } catch {
    return 'outside of a git checkout';
  }
}

async function ourVersions(): Promise<Record<string, string>> {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  const shown = ['onnxruntime-node', '@tensorflow/tfjs', 'better-sqlite3', 'piscina'];
  return Object.fromEntries(shown.map((name) => [name, dependencies[name] ?? 'absent']));
}

async function peerVersions(): Promise<Record<string, string>> {
  try {
    const { stdout } = await run(PEER_PYTHON, [fileURLToPath(new URL('peers/versions.py', import.meta.url))]);
    const { torch_blas: blas, ...versions } = JSON.parse(stdout) as Record<string, string>;
    return { ...versions, torch: `${versions['torch'] ?? ''} on ${blas ?? ''}` };
  } catch {
    return { peers: 'none (test/bench/setup-peers.sh installs them)' };
  }
}
