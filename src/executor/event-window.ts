/**
 * Back-pressure from the coordinator to a trial thread. A training loop emits synchronously and could fill the memory of
 * the process between; so it waits while too many of its events are unsent. One producer, one consumer.
 */
const WINDOW = 256;

/** A window for one job; the array is shared with the trial thread. */
export function openWindow(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Trial thread: takes one place, and blocks the thread until there is one. */
export function enterWindow(unsent: Int32Array): void {
  let count = Atomics.load(unsent, 0);
  while (count >= WINDOW) {
    Atomics.wait(unsent, 0, count);
    count = Atomics.load(unsent, 0);
  }
  Atomics.add(unsent, 0, 1);
}

/** Main thread: gives `count` places back once their events are on the way. */
export function leaveWindow(unsent: Int32Array, count: number): void {
  Atomics.sub(unsent, 0, count);
  Atomics.notify(unsent, 0);
}
