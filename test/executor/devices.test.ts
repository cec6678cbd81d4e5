import { chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { discoverDevices } from '../../src/executor/devices.ts';
import { FOUR_GPUS, machine } from '../fixtures/executor-machine.ts';

const labels = (devices: readonly { label: string }[]): string[] => devices.map((device) => device.label);

test('every GPU is found, with what is known of it', async () => {
  const { devices, gpuReason } = await discoverDevices({ request: 'gpu', env: await machine(FOUR_GPUS) });
  expect(labels(devices)).toEqual(['gpu:0', 'gpu:1', 'gpu:2', 'gpu:3']);
  expect(devices[0]).toEqual({
    label: 'gpu:0',
    kind: 'gpu',
    name: 'NVIDIA A100-SXM4-40GB',
    slots: 1,
    memoryMib: 40960,
    uuid: 'GPU-aaaa0000-1',
    driver: '535.104.05',
  });
  expect(devices[3]!.memoryMib).toBeNull();
  expect(gpuReason).toBeNull();
});

test('auto takes the GPUs, with the CPU to fall back on', async () => {
  const { devices, fallback, notes } = await discoverDevices({ request: 'auto', env: await machine(FOUR_GPUS) });
  expect(labels(devices)).toHaveLength(4);
  expect(fallback).toMatchObject({ label: 'cpu', slots: os.availableParallelism() });
  expect(notes).toEqual([]);
});

test('auto without GPUs takes the CPU, and only tells why where a driver is installed', async () => {
  const absent = await discoverDevices({ request: 'auto', env: await machine(null) });
  expect(labels(absent.devices)).toEqual(['cpu']);
  expect(absent).toMatchObject({ fallback: null, notes: [], gpuReason: 'nvidia-smi is not on the PATH' });

  const script = 'echo "NVIDIA-SMI has failed because it could not communicate with the driver."; exit 9';
  const broken = await discoverDevices({ request: 'auto', env: await machine(script) });
  expect(labels(broken.devices)).toEqual(['cpu']);
  expect(broken.notes).toEqual([expect.stringContaining('could not communicate with the driver')]);
});

test('issue 10, line 19: an nvidia-smi that may not be run is told by its path, not by an exit code', async () => {
  const env = await machine('exit 0');
  await chmod(path.join(env['PATH']!, 'nvidia-smi'), 0o644);
  const { gpuReason } = await discoverDevices({ request: 'auto', env });
  expect(gpuReason).toBe(`${env['PATH']!}/nvidia-smi can't be started (EACCES)`);
});

test.each([
  ['0,2', ['gpu:0', 'gpu:2']],
  ['3,1', ['gpu:3', 'gpu:1']],
  ['GPU-bbbb', ['gpu:2']],
  ['GPU-aaaa1111-1, 0', ['gpu:1', 'gpu:0']],
  ['1,9,0', ['gpu:1']],
  ['GPU-aaaa,0', []],
  ['', []],
  ['-1', []],
])('an inherited CUDA_VISIBLE_DEVICES=%s leaves what CUDA would', async (visible, expected) => {
  const { available } = await discoverDevices({ request: 'cpu', env: await machine(FOUR_GPUS, visible) });
  expect(labels(available)).toEqual(['cpu', ...expected]);
});

/** `nvidia-smi -L` of a card that MIG divides, beside the query. */
const MIG = `if [ "$1" = -L ]; then echo 'GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aaaa0000-1)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736-a75d-5afc)
  MIG 3g.20gb     Device  1: (UUID: MIG-a28ad590-3fda-56dd)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-aaaa1111-1)'; else ${FOUR_GPUS}; fi`;

test.each([
  ['auto', 'MIG-a28ad590-3fda-56dd', ['gpu:0.1']],
  ['auto', 'MIG-a28a,GPU-aaaa1111', ['gpu:0.1', 'gpu:1']],
  ['gpu:0.1', 'MIG-c738,MIG-a28a', ['gpu:0.1']],
  ['gpu:MIG-c738', 'MIG-c738,MIG-a28a', ['gpu:0.0']],
  ['gpu:MIG-c738', undefined, ['gpu:0.0']],
])(
  'issue 10, line 6: --device %s takes the parts of a GPU that CUDA_VISIBLE_DEVICES=%s names',
  async (request, visible, expected) => {
    const { devices } = await discoverDevices({ request, env: await machine(MIG, visible) });
    expect(labels(devices)).toEqual(expected);
    expect(devices[0]).toMatchObject({ name: expect.stringContaining('A100') as string, kind: 'gpu' });
  },
);

test('issue 10, line 6: the parts of a GPU may have the long names of older drivers', async () => {
  const script = MIG.replace('MIG-c7384736-a75d-5afc', 'MIG-GPU-aaaa0000-1/1/0');
  const env = await machine(script);
  const { devices } = await discoverDevices({ request: 'gpu:MIG-GPU-aaaa0000-1/1/0', env });
  expect(devices).toMatchObject([{ label: 'gpu:0.0', uuid: 'MIG-GPU-aaaa0000-1/1/0' }]);
  const visible = await discoverDevices({ request: 'gpu', env: await machine(script, 'MIG-GPU-aaaa0000-1/1/0') });
  expect(labels(visible.devices)).toEqual(['gpu:0.0']);
});

test.each([
  ['0,3', undefined, true],
  ['0,3', 'FASTEST_FIRST', true],
  ['0,3', 'PCI_BUS_ID', false],
  ['GPU-aaaa0000-1', undefined, false],
  [undefined, undefined, false],
])(
  'issue 10, line 6: CUDA_VISIBLE_DEVICES=%s of unlike cards under CUDA_DEVICE_ORDER=%s: whether the order is told: %s',
  async (visible, order, isTold) => {
    const env = { ...(await machine(FOUR_GPUS, visible)), ...(order !== undefined && { CUDA_DEVICE_ORDER: order }) };
    const { notes } = await discoverDevices({ request: 'auto', env });
    const note = expect.stringMatching(
      /^CUDA_VISIBLE_DEVICES=0,3 .*3 NVIDIA GB10\).*CUDA_DEVICE_ORDER=PCI_BUS_ID/,
    ) as string;
    expect(notes).toEqual(isTold ? [note] : []);
  },
);

test.each([
  ['cpu', ['cpu']],
  ['gpu:2', ['gpu:2']],
  ['gpu:3,0', ['gpu:3', 'gpu:0']],
  ['gpu:0,0', ['gpu:0']],
  ['gpu:GPU-bbbb2222-1', ['gpu:2']],
  ['gpu:gpu-BBBB', ['gpu:2']],
])('--device %s', async (request, expected) => {
  expect(labels((await discoverDevices({ request, env: await machine(FOUR_GPUS) })).devices)).toEqual(expected);
});

test.each(['tpu', 'gpu:', 'gpu:x', 'gpu:0,', 'GPU', 'cpu:1', '', 'gpu:GPU-aaaa'])(
  '--device "%s" makes no sense, and the error helps',
  async (request) => {
    const discovery = discoverDevices({ request, env: await machine(FOUR_GPUS) });
    await expect(discovery).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/gpu:0/) as string });
  },
);

test('a GPU that is absent or hidden is an error that lists those there are', async () => {
  const absent = discoverDevices({ request: 'gpu:7', env: await machine(FOUR_GPUS) });
  await expect(absent).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringMatching(/no gpu:7.*\n {2}gpu:0 {2}GPU-aaaa0000-1/) as string,
  });
  const hidden = discoverDevices({ request: 'gpu:0', env: await machine(FOUR_GPUS, '2') });
  await expect(hidden).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
  const none = discoverDevices({ request: 'gpu', env: await machine(null) });
  await expect(none).rejects.toMatchObject({
    code: 'DEVICE_UNAVAILABLE',
    message: expect.stringContaining('nvidia-smi is not on the PATH') as string,
  });
});

test('--slots is per device and a whole number', async () => {
  const { devices, fallback } = await discoverDevices({ request: 'auto', slots: 3, env: await machine(FOUR_GPUS) });
  expect([...devices, fallback!].map((device) => device.slots)).toEqual([3, 3, 3, 3, 3]);
  for (const slots of [0, -1, 1.5, Number.NaN]) {
    await expect(discoverDevices({ request: 'cpu', slots })).rejects.toMatchObject({ code: 'USAGE' });
  }
});
