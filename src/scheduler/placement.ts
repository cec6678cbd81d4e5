import type { DeviceStatus } from '../executor/executor.ts';

/** An attempt that has a place, or looks for one. A suspect shares its device's process with no other job. */
export interface Placed {
  readonly isSuspect: boolean;
  /** Of the devices that may take it; absent: all. */
  readonly deviceClass?: string | undefined;
}

interface Place {
  readonly label: string;
  readonly slots: number;
  readonly deviceClass: string | undefined;
  busy: number;
  /** By a suspect: the free slots stay free. */
  isTaken: boolean;
}

/** `gpu` also means `gpu-a100`. What has no class, such as this machine's own devices, takes all. */
export function isOfClass(deviceClass: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || deviceClass === undefined || `${deviceClass}-`.startsWith(`${wanted}-`);
}

/** Which device takes the next job. A plain model of the devices: it starts nothing. */
export class Placement {
  readonly #places: Place[];

  /** `attempts` are on the devices. */
  constructor(devices: readonly DeviceStatus[], attempts: Iterable<Placed & { readonly device: string }>) {
    this.#places = devices
      .filter(({ healthy }) => healthy)
      .map(({ label, slots, deviceClass }) => ({ label, slots, deviceClass, busy: 0, isTaken: false }));
    for (const { device, isSuspect } of attempts) this.put({ isSuspect }, device);
  }

  /** Slots that a job without suspicion could have. */
  get free(): number {
    return this.#places.reduce((sum, { slots, busy, isTaken }) => sum + (isTaken ? 0 : Math.max(0, slots - busy)), 0);
  }

  /** Whether a job without suspicion that asks for this class could have one now. */
  hasRoomFor(deviceClass: string | undefined): boolean {
    return this.#places.some((place) => isOpen(place) && isOfClass(place.deviceClass, deviceClass));
  }

  /**
   * The device with the smallest share of busy slots, the first of equals; for a suspect one without any job, and rather
   * not `except`, where it was lost. Undefined when none can take it now.
   */
  find({ isSuspect, deviceClass }: Placed, except?: string): string | undefined {
    const fitting = this.#places.filter((place) => isOpen(place) && isOfClass(place.deviceClass, deviceClass));
    if (isSuspect) {
      const empty = fitting.filter(({ busy }) => busy === 0);
      return (empty.find(({ label }) => label !== except) ?? empty[0])?.label;
    }
    return fitting.toSorted((a, b) => a.busy / a.slots - b.busy / b.slots)[0]?.label;
  }

  put({ isSuspect }: Placed, device: string): void {
    const place = this.#places.find(({ label }) => label === device);
    if (place === undefined) return;
    place.busy++;
    place.isTaken ||= isSuspect;
  }
}

function isOpen({ isTaken, busy, slots }: Place): boolean {
  return !isTaken && busy < slots;
}
