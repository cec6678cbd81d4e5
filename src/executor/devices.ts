import os from 'node:os';
import { SweepError } from '../errors.ts';
import type { DeviceKind } from './device-protocol.ts';
import { gpusNamed, queryMigDevices, queryNvidia, visibleGpus, type NvidiaGpu } from './nvidia.ts';

/** Something that trains trials: the CPU as a whole, or one GPU. */
export interface Device {
  /** `cpu`, or `gpu:` and the GPU's index. */
  readonly label: string;
  readonly kind: DeviceKind;
  /** Model name, for people. */
  readonly name: string;
  /** Trials it trains at a time. */
  readonly slots: number;
  readonly memoryMib: number | null;
  /** Null for the CPU. */
  readonly uuid: string | null;
  readonly driver: string | null;
}

export interface Discovery {
  /** What the request asks for. */
  readonly devices: readonly Device[];
  /** Takes over when no GPU engine works on `devices`; only for `auto` where there are GPUs. */
  readonly fallback: Device | null;
  /** Everything that exists here and is visible, whatever was asked for. */
  readonly available: readonly Device[];
  /** Why there are no GPUs; null when there are some. */
  readonly gpuReason: string | null;
  /** What the user should know about the choice. */
  readonly notes: readonly string[];
}

const GRAMMAR = 'auto, cpu, gpu, gpu:0,2 (by index), gpu:GPU-… or gpu:MIG-… (by UUID)';

/**
 * Finds the machine's devices and those that `request` (`--device`) asks for: `auto`, `cpu`, `gpu`, `gpu:0,2` or
 * `gpu:GPU-<uuid or its beginning>`. `slots` is per device; by default one per core of the CPU, one per GPU. A
 * CUDA_VISIBLE_DEVICES set by a batch system or the user is honoured. Throws USAGE for a request that makes no sense and
 * DEVICE_UNAVAILABLE for one that can't be met here.
 */
export async function discoverDevices(options: {
  request: string;
  slots?: number;
  env?: NodeJS.ProcessEnv;
}): Promise<Discovery> {
  const { request, slots, env = process.env } = options;
  if (slots !== undefined && (!Number.isInteger(slots) || slots < 1)) {
    throw new SweepError('USAGE', `--slots must be a whole number of at least 1, not ${slots}.`);
  }
  const wanted = parseRequest(request);
  const query = await queryNvidia(env);
  const inherited = env['CUDA_VISIBLE_DEVICES'];
  const parts = /MIG-|\d\.\d/i.test(`${inherited} ${request}`) ? await queryMigDevices(query.gpus, env) : [];
  const visible = visibleGpus([...query.gpus, ...parts], inherited);
  const gpuReason =
    query.reason ?? (visible.length === 0 ? `CUDA_VISIBLE_DEVICES="${inherited ?? ''}" hides all GPUs` : null);

  const cpu = cpuDevice(slots);
  const asDevice = (gpu: NvidiaGpu): Device => gpuDevice(gpu, slots);
  const gpus = visible.map(asDevice);
  const common = { available: [cpu, ...gpus], gpuReason, fallback: null, notes: [] };
  const notes = orderNotes(query.gpus, env);

  switch (wanted.kind) {
    case 'cpu':
      return { ...common, devices: [cpu] };
    case 'gpu':
      return { ...common, devices: namedGpus(wanted.names, visible, gpuReason).map(asDevice), notes };
    case 'auto':
      if (gpus.length > 0) return { ...common, devices: gpus, fallback: cpu, notes };
      return { ...common, devices: [cpu], notes: query.absent ? [] : [`GPUs are not used: ${gpuReason ?? ''}.`] };
  }
}

/** Indices mean other cards where programs count them by speed, as CUDA does by itself. */
function orderNotes(gpus: readonly NvidiaGpu[], env: NodeJS.ProcessEnv): string[] {
  const inherited = env['CUDA_VISIBLE_DEVICES'] ?? '';
  const hasIndices = inherited.split(',').some((entry) => /^\s*\d+\s*$/.test(entry));
  const areAlike = new Set(gpus.map(({ name }) => name)).size < 2;
  if (!hasIndices || areAlike || env['CUDA_DEVICE_ORDER'] === 'PCI_BUS_ID') return [];
  const order = gpus.map(({ index, name }) => `${index} ${name}`).join(', ');
  return [
    `CUDA_VISIBLE_DEVICES=${inherited} is taken to count as nvidia-smi does (${order}); CUDA by itself counts the fastest ` +
      'card first. Set CUDA_DEVICE_ORDER=PCI_BUS_ID, or name the cards by UUID, so that all programs mean the same.',
  ];
}

type Request = { kind: 'auto' | 'cpu' } | { kind: 'gpu'; names: readonly string[] };

/** `names` is empty for all GPUs. */
function parseRequest(request: string): Request {
  if (request === 'auto' || request === 'cpu') return { kind: request };
  if (request === 'gpu') return { kind: 'gpu', names: [] };
  const names = request.startsWith('gpu:') ? request.slice('gpu:'.length).split(',') : [];
  if (names.length === 0 || !names.every((name) => /^(\d+(\.\d+)?|(GPU|MIG|MIG-GPU)-[\da-f/-]+)$/i.test(name))) {
    throw new SweepError('USAGE', `--device ${request} is not understood. Give ${GRAMMAR}.`);
  }
  return { kind: 'gpu', names };
}

function namedGpus(names: readonly string[], visible: readonly NvidiaGpu[], gpuReason: string | null): NvidiaGpu[] {
  if (gpuReason !== null) {
    const fix = 'Use --device cpu, or see "sweep doctor".';
    throw new SweepError('DEVICE_UNAVAILABLE', `There is no GPU to use: ${gpuReason}. ${fix}`);
  }
  if (names.length === 0) return [...visible];
  const chosen = names.map((name) => {
    const [gpu, another] = gpusNamed(visible, name);
    const here = visible.map(({ index, uuid, name }) => `  gpu:${index}  ${uuid}  ${name}`).join('\n');
    if (gpu === undefined)
      throw new SweepError('DEVICE_UNAVAILABLE', `There is no gpu:${name} here. There are:\n${here}`);
    if (another !== undefined) throw new SweepError('USAGE', `gpu:${name} names more than one GPU:\n${here}`);
    return gpu;
  });
  return [...new Set(chosen)];
}

function cpuDevice(slots: number | undefined): Device {
  // A container's limit, where there is one, is what counts; without one Node gives 0 or a huge number.
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
  return {
    label: 'cpu',
    kind: 'cpu',
    name: os.cpus()[0]?.model ?? 'CPU',
    slots: slots ?? os.availableParallelism(),
    memoryMib: Math.round(bytes / 2 ** 20),
    uuid: null,
    driver: null,
  };
}

function gpuDevice({ index, uuid, name, memoryMib, driver }: NvidiaGpu, slots = 1): Device {
  return { label: `gpu:${index}`, kind: 'gpu', name, slots, memoryMib, uuid, driver };
}
