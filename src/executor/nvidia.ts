import { execFile } from 'node:child_process';
import { findProgram } from './find-program.ts';
import { oneLine } from './output-lines.ts';

const QUERY_TIMEOUT_MS = 10_000;

export interface NvidiaGpu {
  /** Position on the PCI bus, as nvidia-smi counts; `0.1` for MIG device 1 of GPU 0. */
  readonly index: string;
  /** `GPU-` or `MIG-` and a UUID: the only name that survives a reboot and any renumbering. */
  readonly uuid: string;
  readonly name: string;
  /** Null where the GPU has no memory of its own to report. */
  readonly memoryMib: number | null;
  readonly driver: string;
}

export interface NvidiaQuery {
  readonly gpus: readonly NvidiaGpu[];
  /** Why there are no GPUs; null when there are some. */
  readonly reason: string | null;
  /** The driver's tools are not installed: the ordinary case on a machine without a GPU. */
  readonly absent: boolean;
}

/** The machine's NVIDIA GPUs, by the `nvidia-smi` on the PATH. Never rejects: whatever goes wrong is the reason. */
export async function queryNvidia(env: NodeJS.ProcessEnv): Promise<NvidiaQuery> {
  const fields = 'index,uuid,name,memory.total,driver_version';
  const args = [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'];
  const reason = 'nvidia-smi is not on the PATH';
  // A look is cheaper than a process that can't start, and most machines without a GPU get by with it.
  if (env['PATH'] !== undefined && findProgram('nvidia-smi', env) === undefined)
    return { gpus: [], reason, absent: true };
  const { error, stdout, stderr } = await execute('nvidia-smi', args, env);
  if (error !== null) {
    // EACCES also where a folder of the PATH may not be searched, which says nothing of the others.
    const absent = error.code === 'ENOENT' || (error.code === 'EACCES' && findProgram('nvidia-smi', env) === undefined);
    return { gpus: [], reason: absent ? reason : failure(error, stdout, stderr, env), absent };
  }
  const gpus = stdout.split('\n').flatMap(parseGpu);
  return { gpus, reason: gpus.length === 0 ? `nvidia-smi lists no GPU: ${oneLine(stdout)}` : null, absent: false };
}

/**
 * The parts that MIG divides the GPUs into, which CUDA knows by their UUIDs alone, and of which a process sees one. As
 * `nvidia-smi -L` lists them: below each GPU lines such as `  MIG 3g.20gb     Device  1: (UUID: MIG-a28a…)`.
 */
export async function queryMigDevices(gpus: readonly NvidiaGpu[], env: NodeJS.ProcessEnv): Promise<NvidiaGpu[]> {
  const { stdout } = await execute('nvidia-smi', ['-L'], env);
  let parent: NvidiaGpu | undefined;
  return stdout.split('\n').flatMap((line) => {
    const gpu = /^GPU (\d+):/.exec(line);
    if (gpu !== null) parent = gpus.find(({ index }) => index === gpu[1]);
    const [, profile, device, uuid] = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (MIG-[^)]+)\)/.exec(line) ?? [];
    if (parent === undefined || uuid === undefined) return [];
    const { name, driver } = parent;
    return [{ index: `${parent.index}.${device!}`, uuid, name: `${name} MIG ${profile!}`, memoryMib: null, driver }];
  });
}

/** A line such as `0, GPU-5d1f…, NVIDIA A100-SXM4-40GB, 40960, 535.104.05`; anything else is no GPU. */
function parseGpu(line: string): NvidiaGpu[] {
  const [index, uuid, name, memory, driver] = line.split(',').map((field) => field.trim());
  if (driver === undefined || !/^\d+$/.test(index!) || !uuid!.startsWith('GPU-')) return [];
  const memoryMib = /^\d+$/.test(memory!) ? Number(memory) : null;
  return [{ index: index!, uuid: uuid!, name: name!, memoryMib, driver }];
}

/**
 * The GPUs that an inherited CUDA_VISIBLE_DEVICES leaves, in its order: indices, UUIDs or their prefixes. As in CUDA,
 * the list ends at its first entry that names no GPU, and an empty one hides all.
 */
export function visibleGpus(gpus: readonly NvidiaGpu[], visible: string | undefined): NvidiaGpu[] {
  if (visible === undefined) return [...gpus];
  const chosen: NvidiaGpu[] = [];
  for (const entry of visible.split(',')) {
    const [gpu, another] = gpusNamed(gpus, entry.trim());
    if (gpu === undefined || another !== undefined || chosen.includes(gpu)) break;
    chosen.push(gpu);
  }
  return chosen;
}

/** GPUs with this index, or whose UUID starts with this prefix of at least the form `GPU-x` or `MIG-x`. */
export function gpusNamed(gpus: readonly NvidiaGpu[], name: string): NvidiaGpu[] {
  if (/^\d/.test(name)) return gpus.filter((gpu) => gpu.index === name);
  return /^(GPU|MIG)-./i.test(name) ? gpus.filter((gpu) => gpu.uuid.toLowerCase().startsWith(name.toLowerCase())) : [];
}

interface Executed {
  readonly error: (Error & { code?: string | number | null; killed?: boolean }) | null;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Executed> {
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: QUERY_TIMEOUT_MS, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ error, stdout, stderr });
    });
  });
}

/** nvidia-smi tells its troubles on stdout. */
function failure(
  error: NonNullable<Executed['error']>,
  stdout: string,
  stderr: string,
  env: NodeJS.ProcessEnv,
): string {
  if (error.killed === true) return `nvidia-smi gave no answer within ${QUERY_TIMEOUT_MS / 1000} s`;
  if (typeof error.code === 'string')
    return `${findProgram('nvidia-smi', env) ?? 'nvidia-smi'} can't be started (${error.code})`;
  return `nvidia-smi failed: ${oneLine(stderr) || oneLine(stdout) || `exit code ${error.code ?? '?'}`}`;
}
