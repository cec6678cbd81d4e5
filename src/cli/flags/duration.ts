import { SweepError } from '../../errors.ts';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `90s`, `235m`, `12h`, `2d` or, as batch systems write it, `3:55:00`. @throws SweepError USAGE naming the flag */
export function duration(flag: string, value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(value) ?? [];
  if (number !== undefined) return Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
  const [, hours, minutes, seconds] = /^(\d+):([0-5]\d):([0-5]\d)$/.exec(value) ?? [];
  if (hours !== undefined) return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  throw new SweepError('USAGE', `${flag} takes a time such as 90s, 235m, 12h or 3:55:00.`);
}
