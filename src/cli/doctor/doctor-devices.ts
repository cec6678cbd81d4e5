import { engineCandidates } from '../../engine/load.ts';
import { messageOf } from '../../errors.ts';
import { engineLabel, sameEngine } from '../../executor/device-protocol.ts';
import { discoverDevices, type Device } from '../../executor/devices.ts';
import { WORKER_MODULES } from '../../executor/modules.ts';
import type { EngineChoice } from '../../engine/choice.ts';
import { startDevice } from '../../executor/start-device.ts';
import { ok, problem, warning, type DoctorFinding } from './doctor-finding.ts';
import type { GlobalFlags } from '../flags/flags.ts';

const PROBE_TIMEOUT_MS = 60_000;

/** An engine tried on a device; `reason` why it does not work there. */
interface Probe {
  readonly device: Device;
  readonly engine: EngineChoice;
  readonly reason: string | null;
}

/**
 * The devices of this machine, every engine tried on each in a process of its own (a bad driver may take it down), and
 * what `--device` as given would use.
 */
export async function checkDevices({ device: request }: GlobalFlags): Promise<DoctorFinding[]> {
  const { available, gpuReason, notes } = await discoverDevices({ request: 'auto' });
  const probes: Probe[] = [];
  for (const device of available) {
    for (const engine of engineCandidates(device.kind)) probes.push(await probe(device, engine));
  }
  return [
    ...available.map(describeDevice),
    ...(gpuReason === null
      ? notes.map((note) => warning('device', note, null))
      : [describeNoGpu(gpuReason, notes.length > 0)]),
    ...describeProbes(probes),
    await describeChoice(request, probes),
  ];
}

async function probe(device: Device, engine: EngineChoice): Promise<Probe> {
  try {
    const { process: started } = await startDevice(
      { ...device, slots: 1 },
      {
        modules: WORKER_MODULES,
        engine,
        env: process.env,
        startTimeoutMs: PROBE_TIMEOUT_MS,
        onOutput: () => undefined,
      },
    );
    await started.close('the probe is done');
    return { device, engine, reason: null };
  } catch (error) {
    // The process names the engine it tried; here the line does.
    const reason = messageOf(error)
      .split(`${engineLabel(engine)}: `)
      .at(-1)!;
    return { device, engine, reason };
  }
}

function describeDevice({ label, kind, name, slots, memoryMib, uuid, driver }: Device): DoctorFinding {
  const memory = memoryMib === null ? [] : [`${(memoryMib / 1024).toFixed(1)} GiB`];
  const facts =
    kind === 'cpu' ? [name, `${slots} cores`, ...memory] : [name, ...memory, uuid ?? '', `driver ${driver ?? '?'}`];
  return ok('device', `${label}: ${facts.join(', ')}`);
}

/** `isUnexpected`: the driver's tools are here, and yet there is no GPU. */
function describeNoGpu(reason: string, isUnexpected: boolean): DoctorFinding {
  const text = `no GPU: ${reason}`;
  if (!isUnexpected) return ok('device', text);
  return warning(
    'device',
    text,
    'Check that `nvidia-smi` lists the GPU and that CUDA_VISIBLE_DEVICES does not hide it.',
  );
}

/** One line for devices on which an engine fares alike: a machine has many GPUs, and one driver. */
function describeProbes(probes: readonly Probe[]): DoctorFinding[] {
  const alike = Map.groupBy(probes, ({ engine, reason }) => `${engineLabel(engine)}: ${reason ?? ''}`);
  return [...alike.values()].map((group) => describeProbe(group, probes));
}

/** An engine that fails matters only as far as no other works on its device. */
function describeProbe(group: readonly Probe[], all: readonly Probe[]): DoctorFinding {
  const { device, engine, reason } = group[0]!;
  const labels = group.map((probe) => probe.device.label).join(', ');
  const text = `${engineLabel(engine)} engine on ${labels}: ${reason ?? 'works'}`;
  if (reason === null) return ok('engine', text);
  const isReplaced = all.some((other) => other.device === device && other.reason === null);
  return device.kind === 'gpu' || isReplaced
    ? warning('engine', text, remedy(engine))
    : problem('engine', text, remedy(engine));
}

function remedy({ engine, provider }: EngineChoice): string {
  switch (provider) {
    case 'cpu':
      return 'Install the packages again: `npm ci`.';
    case 'webgpu':
      return 'Install a Vulkan driver for the GPU (libvulkan1 and the vendor’s driver).';
    case 'cuda':
      return engine === 'compiled'
        ? 'With CUDA 12 and cuDNN 9: `ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install`.'
        : 'With CUDA 11 and cuDNN 8: `npm install @tensorflow/tfjs-node-gpu@4.22.0`; it downloads libtensorflow.';
  }
}

/** What a run would train on, by the rule of `startLocalExecutor`: an engine of the GPU, else one that computes on the CPU. */
async function describeChoice(request: string, probes: readonly Probe[]): Promise<DoctorFinding> {
  try {
    const { devices, fallback } = await discoverDevices({ request });
    const working = probes.filter(({ reason }) => reason === null);
    const engineOf = ({ label }: Device) => working.find(({ device }) => device.label === label)?.engine;
    const onCpu = working.find(({ device }) => device.kind === 'cpu')?.engine;
    const able = devices.filter((device) => engineOf(device) !== undefined);
    // Without a fallback, GPUs were asked for by name: those without an engine of their own compute on the CPU.
    const trains = fallback === null ? devices : able.length > 0 ? able : [fallback];
    const used = trains.flatMap((device) => {
      const engine = engineOf(device) ?? onCpu;
      return engine === undefined ? [] : { label: device.label, engine };
    });
    if (used.length === 0) {
      return problem(
        'choice',
        `--device ${request}: no engine works on it`,
        'See the engines above, or use --device cpu.',
      );
    }
    const list = used.map(({ label, engine }) => `${label} with the ${engineLabel(engine)} engine`).join(', ');
    const text = `--device ${request} trains on ${list}`;
    const labels = devices
      .filter((device) => !able.includes(device))
      .map(({ label }) => label)
      .join(', ');
    if (used.some(({ engine }) => engine.engine === 'eager' && engine.provider === 'cpu')) {
      return warning('choice', `${text}, a hundred times slower than the compiled engine`, 'See the engines above.');
    }
    const lesser = trains.filter((device) => {
      const engine = engineOf(device);
      return engine !== undefined && !sameEngine(engine, engineCandidates(device.kind)[0]!);
    });
    if (able.length === trains.length && lesser.length > 0) {
      const names = lesser.map(({ label }) => label).join(', ');
      return warning('choice', `${text}; a better engine for ${names} does not work`, 'See the engines above.');
    }
    return able.length === trains.length
      ? ok('choice', `${text}, the best that works`)
      : warning('choice', `${text}, because no GPU engine works on ${labels}`, 'See the GPU engines above.');
  } catch (error) {
    return problem('choice', messageOf(error), 'Use --device auto or --device cpu.');
  }
}
