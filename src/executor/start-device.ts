import { DeviceProcess, type DeviceProcessOptions } from './device-process.ts';
import type { EngineRejection, WorkerModules } from './device-protocol.ts';
import type { Device } from './devices.ts';
import { shortage } from './shortage.ts';
import type { EngineChoice } from '../engine/choice.ts';

export interface StartDeviceOptions extends DeviceProcessOptions {
  readonly modules: WorkerModules;
  /** The only engine to use; by default the best candidate that passes its probe. */
  readonly engine?: EngineChoice;
  /** Ends the start, and the process with it. */
  readonly signal?: AbortSignal;
}

export interface StartedDevice {
  readonly process: DeviceProcess;
  readonly engine: EngineChoice;
  readonly rejected: readonly EngineRejection[];
}

/**
 * Starts a device's process and waits until it can take trials. A probe that takes the whole process down, or hangs,
 * rules its engine out and the next candidate is tried in a new process. One that was killed from outside is started once
 * more, before that is taken for the engine's doing.
 * Throws an Error with the reason when the device can't be used.
 */
export async function startDevice(device: Device, options: StartDeviceOptions): Promise<StartedDevice> {
  const { modules, engine = null, signal } = options;
  const ruledOut: EngineRejection[] = [];
  let mayBeKilled = true;
  for (;;) {
    signal?.throwIfAborted();
    const lacking = shortage([device.slots]);
    if (lacking !== undefined) throw new Error(lacking);
    const process = new DeviceProcess(
      device,
      { kind: device.kind, slots: device.slots, modules, engine, ruledOut },
      options,
    );
    const kill = (): void => process.kill('the start was called off');
    signal?.addEventListener('abort', kill);
    const report = await process.started;
    signal?.removeEventListener('abort', kill);
    if (report.type === 'ready' && signal?.aborted !== true) {
      return { process, engine: report.engine, rejected: report.rejected };
    }
    kill();
    await process.ended;
    if (report.type === 'unusable') throw new Error(report.reason);
    if (report.type === 'ready') continue;
    if (report.wasKilled && mayBeKilled) {
      mayBeKilled = false;
      continue;
    }
    if (report.probing === undefined) throw new Error(report.cause);
    ruledOut.push({ choice: report.probing, reason: report.cause });
  }
}
