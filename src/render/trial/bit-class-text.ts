import type { BitClassCount } from '../../analysis/bit-classes.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';

/** `compiled/cpu, bits 3f9a12`: without the library, of which the bits are, too. */
export function shortBitClass(bitClass: string): string {
  const [, engine, bits] = /^([\w/]+) with .+, bits ([0-9a-f]{6})[0-9a-f]*$/.exec(bitClass) ?? [];
  return bits === undefined ? plain(bitClass) : `${engine}, bits ${bits}`;
}

/** The digits alone, which tell classes apart: `3f9a12`. */
export function shortBits(bitClass: string): string {
  return shortBitClass(bitClass).replace(/^.*, bits /, '');
}

const LISTED = 3;

/**
 * `12 trials were computed by compiled/cpu, bits 3f9a12; 4 by compiled/cuda, bits 77aa01: …`, and what that means. Rounding
 * grows in training: after 20 epochs it was up to 0.16 nats, where seeds had a standard deviation of 0.4 (docs/results.md).
 */
export function describeMixedClasses(classes: readonly BitClassCount[]): string {
  const [first, ...others] = classes.slice(0, LISTED).map(({ bitClass, trials }) => {
    return { trials, by: `by ${shortBitClass(bitClass)}` };
  });
  const rest = classes.slice(LISTED);
  if (rest.length > 0) {
    const trials = rest.reduce((sum, one) => sum + one.trials, 0);
    others.push({ trials, by: `by ${count(rest.length, 'other')}` });
  }
  const parts = [
    `${count(first!.trials, 'trial')} ${first!.trials === 1 ? 'was' : 'were'} computed ${first!.by}`,
    ...others.map(({ trials, by }) => `${formatCount(trials)} ${by}`),
  ];
  return (
    `${parts.join('; ')}: these round differently, so the same trial comes to somewhat other figures in each, but closer ` +
    'ones than two seeds do; comparisons hold, with that much more noise, and a trial that goes on in another class starts anew'
  );
}
