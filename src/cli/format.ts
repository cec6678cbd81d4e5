/** Text forms of the quantities the command line shows, besides those of report/format.ts. */
import { formatValue } from '../report/format.ts';

const HOUR = 3600;

/** A duration nobody knows exactly: `8 s`, `42 s`, `7 min`, `1 h 05 min`, `2 d 3 h`. */
export function formatRoughly(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const hours = Math.round(seconds / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A running clock: `0:07`, `17:41`, `1:02:03`. */
export function formatClock(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / HOUR);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** Decimal units: `11.6 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.5 || unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]!}`;
}

/** `1 trial`, `2 trials`, `1,440 trials`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Enough of a trial's id for people; commands take any unique prefix. */
export function shortId(trialId: string): string {
  return trialId.slice(0, 6);
}

/** `architecture=conv beta=1`, for the parameters named. Those a configuration lacks are left out. */
export function formatParameters(parameters: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  return names
    .filter((name) => parameters[name] !== undefined)
    .map((name) => `${name}=${formatValue(parameters[name])}`)
    .join(' ');
}
