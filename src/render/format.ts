/** How values are written for people. Deterministic: always English, no time zone but UTC. */
import { formatNumber } from '../text/format-number.ts';
import { halfWidth, type Interval } from '../analysis/statistics/statistics.ts';
import type { TimeLeft } from '../analysis/progress/cost.ts';

export function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `-36.41 ± 0.52`, or the mean alone where the spread is unknown. For intervals that are symmetric. */
export function formatInterval(interval: Interval, decimals: number, hugeDigits?: number): string {
  const half = halfWidth(interval);
  const center = formatNumber(interval.mean, decimals, hugeDigits);
  return half === undefined ? center : `${center} ± ${formatNumber(half, decimals, hugeDigits)}`;
}

/** Texts of `formatInterval`, of a column, with the means and the half-widths each aligned; empty ones stay empty. */
export function alignIntervals(intervals: readonly string[]): string[] {
  const parts = intervals.map((interval) => interval.split(' ± '));
  const widest = Math.max(0, ...parts.map(([, half]) => half?.length ?? 0));
  return parts.map(([center = '', half]) => {
    if (center === '') return '';
    const spread = half === undefined ? '' : ` ± ${half.padStart(widest)}`;
    return center + spread.padEnd(widest === 0 ? 0 : widest + 3);
  });
}

/** A p-value to three decimals. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : formatNumber(p, 3);
}

const UNITS = [
  { symbol: 'd', seconds: 86_400 },
  { symbol: 'h', seconds: 3_600 },
  { symbol: 'min', seconds: 60 },
  { symbol: 's', seconds: 1 },
] as const;

/** The two largest units: `0.4 s`, `41 s`, `17 min 3 s`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds < 9.95) return `${formatNumber(seconds, 1)} s`;
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const unit of UNITS) {
    const amount = Math.floor(rest / unit.seconds);
    rest -= amount * unit.seconds;
    if (amount > 0) parts.push(`${amount} ${unit.symbol}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** A duration nobody knows exactly: `8 s`, `42 s`, `7 min`, `1 h 05 min`, `2 d 3 h`. */
export function formatRoughly(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `4 min (3–6)`, `95 s (80 s – 2 min)`; without a range where its ends are written alike. */
export function formatEta({ seconds, lowSeconds, highSeconds }: TimeLeft): string {
  const [middle, low, high] = [formatRoughly(seconds), formatRoughly(lowSeconds), formatRoughly(highSeconds)];
  if (low === high) return middle;
  const [, unit = ''] = /^\d+ (s|min)$/.exec(middle) ?? [];
  const isAlike = unit !== '' && [low, high].every((text) => text.endsWith(` ${unit}`) && !text.includes('h'));
  return isAlike ? `${middle} (${parseInt(low)}–${parseInt(high)})` : `${middle} (${low} – ${high})`;
}

/** A running clock: `0:07`, `17:41`, `1:02:03`. */
export function formatClock(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** `12 s`, whole ones that have passed. */
export function formatElapsed(milliseconds: number): string {
  return `${Math.max(0, Math.floor(milliseconds / 1000))} s`;
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

/** `2026-11-21 10:04 UTC`. */
export function formatDate(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * Enough of a trial's id for people; commands take any unique prefix. A command that is suggested needs the `length` that
 * is unique in the whole results folder (`ReadModel.idLength`); in passing, as while trials run, six digits will do.
 */
export function shortId(trialId: string, length = 6): string {
  return trialId.slice(0, length);
}

/** The first three of some trials: `3f2a91, 5aa1ff, 0c11d2, …`. */
export function shortIds(trials: readonly string[], length?: number): string {
  const shown = trials.slice(0, 3).map((id) => shortId(id, length));
  return [...shown, ...(trials.length > shown.length ? ['…'] : [])].join(', ');
}
