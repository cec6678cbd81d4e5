/** How a user may set PyTorch up, and the search for the fastest of these ways that computes right. */
import os from 'node:os';

export interface PeerSetup {
  /** What must stand before the process starts. */
  readonly env: Readonly<Record<string, string>>;
  /** What peers/vae.py sets inside of it. */
  readonly settings: Readonly<Record<string, boolean>>;
}

/** What a set-up gave in a probe. */
export interface Probed {
  readonly setup: PeerSetup;
  /** Median, of core time: a second thread takes the core on which another trial would train. */
  readonly ms: number;
  /** How far its result is from that in double precision, relatively. */
  readonly error: number;
  /** By whose kernels OpenBLAS multiplies there. */
  readonly kernels: string | null;
}

/** Measures set-ups side by side, without those that can't be had here, such as an allocator that isn't installed. */
export type Measure = (setups: readonly PeerSetup[]) => Promise<readonly Probed[]>;

export interface BestSetup {
  readonly best: Probed;
  readonly installed: Probed;
}

/** Ways to go on from a set-up. Not to take any of them is one more. */
export type Knob = readonly Partial<PeerSetup>[];

export const AS_INSTALLED: PeerSetup = { env: {}, settings: {} };
export const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Single precision drifts by up to 1e-5 within a probe's steps; a kernel that computes wrong is far off. */
const TOLERANCE = 1e-4;

/** The names by which OpenBLAS calls its kernels; one that it doesn't know leaves it at its own choice. */
const CORES: Partial<Record<NodeJS.Architecture, string[]>> = {
  x64: ['Haswell', 'Zen', 'SkylakeX', 'Cooperlake', 'SapphireRapids'],
  arm64: ['NEOVERSEN1', 'ARMV8'],
};

/**
 * glibc gives large pieces back to the system when they are freed, and each step pays for their pages anew. 32 MiB is
 * the largest threshold that every version of it takes.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 32),
  MALLOC_TOP_PAD_: String(64 * 2 ** 20),
};

const threads: Knob = [{ env: ONE_THREAD }];
const kernels: Knob = (CORES[process.arch] ?? []).map((core) => ({
  env: { OPENBLAS_CORETYPE: core },
}));
const allocator: Knob = [
  { env: KEEP_MEMORY },
  { env: { ...KEEP_MEMORY, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } },
  { env: { LD_PRELOAD: 'libjemalloc.so.2', MALLOC_CONF: 'dirty_decay_ms:-1,muzzy_decay_ms:-1' } },
  { env: { LD_PRELOAD: 'libtcmalloc_minimal.so.4', TCMALLOC_RELEASE_RATE: '0' } },
];
const denormals: Knob = [{ settings: { flush_denormals: true } }];

/** In the order of the search. Only convolutions go through oneDNN and have a layout. */
export const KNOBS = {
  mlp: [threads, kernels, allocator, denormals],
  conv: [
    threads,
    kernels,
    allocator,
    denormals,
    [{ settings: { onednn: false } }],
    [{ settings: { channels_last: true } }],
  ],
  products: [kernels],
} satisfies Record<string, readonly Knob[]>;

/** One knob after another, each tried at the best of those before. */
export async function findBestSetup(start: PeerSetup, knobs: readonly Knob[], measure: Measure): Promise<BestSetup> {
  let setup = start;
  for (const knob of knobs) {
    setup = fastestRight(await measure([setup, ...knob.map((option) => combined(setup, option))])).setup;
  }
  // Side by side once more, so that noise on the way can't have led to what is slower than the start.
  const finalists = await measure(setup === start ? [start] : [start, setup]);
  return { best: fastestRight(finalists), installed: finalists[0]! };
}

export function fastestRight(candidates: readonly Probed[]): Probed {
  const right = candidates.filter(({ error }) => error <= TOLERANCE);
  if (right.length === 0) {
    const errors = candidates.map(({ kernels, error }) => `${kernels ?? 'unknown kernels'}: off by ${error}`);
    throw new Error(`no set-up of the peer agrees with double precision (${errors.join('; ')})`);
  }
  return right.reduce((best, candidate) => (candidate.ms < best.ms ? candidate : best));
}

function combined({ env, settings }: PeerSetup, option: Partial<PeerSetup>): PeerSetup {
  return { env: { ...env, ...option.env }, settings: { ...settings, ...option.settings } };
}

/** Cores that the peer's threads keep busy. */
export function coresOf({ env }: PeerSetup): number {
  return env['OMP_NUM_THREADS'] === '1' ? 1 : os.availableParallelism();
}

/** In the words that set it, so that a reader can repeat it. */
export function describeSetup({ setup, kernels }: Pick<Probed, 'setup' | 'kernels'>): string {
  const { env, settings } = setup;
  const core = env['OPENBLAS_CORETYPE'];
  const cores = coresOf(setup);
  const named = Object.entries(env).filter(([name]) => !(name in ONE_THREAD) && name !== 'OPENBLAS_CORETYPE');
  return [
    cores === 1 ? '1 thread' : `${cores} threads`,
    core === undefined ? `OPENBLAS_CORETYPE unset (${kernels ?? 'another BLAS'})` : `OPENBLAS_CORETYPE=${core}`,
    ...named.map(([name, value]) => `${name}=${value}`),
    ...Object.entries(settings).map(([name, value]) => `${name.replaceAll('_', ' ')}${value ? '' : ' off'}`),
  ].join(', ');
}
