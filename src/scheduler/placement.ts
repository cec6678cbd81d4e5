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
  readonly #places: ReadonlyMap<string, Place>;
  #free = 0;

  /** `attempts` are on the devices. */
  constructor(devices: readonly DeviceStatus[], attempts: Iterable<Placed & { readonly device: string }>) {
    const places = devices
      .filter(({ healthy }) => healthy)
      .map(({ label, slots, deviceClass }): Place => ({ label, slots, deviceClass, busy: 0, isTaken: false }));
    this.#places = new Map(places.map((place) => [place.label, place]));
    for (const place of places) this.#free += freeIn(place);
    for (const { device, isSuspect } of attempts) this.put({ isSuspect }, device);
  }

  /** Slots that a job without suspicion could have. */
  get free(): number {
    return this.#free;
  }

  /** Whether a job without suspicion that asks for this class could have one now. */
  hasRoomFor(deviceClass: string | undefined): boolean {
    for (const place of this.#places.values())
      if (freeIn(place) > 0 && isOfClass(place.deviceClass, deviceClass)) return true;
    return false;
  }

  /**
   * The device with the smallest share of busy slots, the first of equals; for a suspect one without any job, and rather
   * not `except`, where it was lost. Undefined when none can take it now.
   */
  find({ isSuspect, deviceClass }: Placed, except?: string): string | undefined {
    let best: Place | undefined;
    for (const place of this.#places.values()) {
      if (freeIn(place) === 0 || (isSuspect && place.busy > 0)) continue;
      if (!isOfClass(place.deviceClass, deviceClass)) continue;
      if (isSuspect && place.label !== except) return place.label;
      if (best === undefined || place.busy / place.slots < best.busy / best.slots) best = place;
    }
    return best?.label;
  }

  put({ isSuspect }: Placed, device: string): void {
    const place = this.#places.get(device);
    if (place === undefined) return;
    this.#free -= freeIn(place);
    place.busy++;
    place.isTaken ||= isSuspect;
    this.#free += freeIn(place);
  }
}

function freeIn({ slots, busy, isTaken }: Place): number {
  return isTaken ? 0 : Math.max(0, slots - busy);
}
