import { expect, test } from 'vitest';
import { DeviceHealth } from '../../src/executor/device-health.ts';

test('three failures in a row with different trials are too many', () => {
  const health = new DeviceHealth();
  health.failed(['a']);
  health.failed(['b']);
  expect(health.healthy).toBe(true);
  health.failed(['c']);
  expect(health.healthy).toBe(false);
});

test('a trial that takes every process down does not cost the device', () => {
  const health = new DeviceHealth();
  for (let i = 0; i < 10; i++) health.failed(['poison', `bystander-${i}`]);
  expect(health.healthy).toBe(true);
});

test('issue 10, line 14: trials that take one device after the other down cost none of them', () => {
  const lost = new Set<string>();
  const devices = [new DeviceHealth(lost), new DeviceHealth(lost)];
  devices[0]!.failed(['a', 'b', 'c', 'd']);
  for (const trial of ['a', 'b', 'c', 'd']) for (const device of devices) device.failed([trial]);
  expect(devices.map(({ healthy }) => healthy)).toEqual([true, true]);
});

test('failures without any trial are the fault of the device', () => {
  const health = new DeviceHealth();
  for (let i = 0; i < 3; i++) health.failed([]);
  expect(health.healthy).toBe(false);
});

test('a trial that comes to its end clears the record', () => {
  const health = new DeviceHealth();
  health.failed(['a']);
  health.failed(['b']);
  health.succeeded('c');
  health.failed(['c']);
  expect(health).toMatchObject({ healthy: true, backOffMs: 0 });
});

test('the first restart is immediate, later ones wait', () => {
  const health = new DeviceHealth();
  const waits = Array.from({ length: 5 }, () => {
    health.failed(['a']);
    return health.backOffMs;
  });
  expect(waits).toEqual([0, 1000, 4000, 4000, 4000]);
});
