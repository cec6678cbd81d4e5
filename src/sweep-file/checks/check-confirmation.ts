/** Confirmations that could choose nothing, and what of one does less than it says. */
import { count, formatCount } from '../../text/format-number.ts';
import { configurationsOf } from '../expansion/expand.ts';
import type { Finding } from '../issue.ts';
import type { SweepSpec } from '../spec.ts';

export function checkConfirmation({ confirm, dataset }: SweepSpec): Finding[] {
  if (confirm === null || dataset.validation !== 0) return [];
  const message = '`validation: 0` leaves nothing to choose the best by';
  const hint = 'give it some images, or write `seeds` as a number';
  return [{ code: 'conflict', path: ['dataset', 'validation'], at: 'value', message, hint }];
}

/** A warning each. */
export function idleConfirmation(spec: SweepSpec): Finding[] {
  const { confirm, seeds } = spec;
  if (confirm === null) return [];
  const finding = (key: string, message: string, hint: string): Finding => {
    return { code: 'no_effect', isWarning: true, path: ['seeds', key], at: 'value', message, hint };
  };
  const found: Finding[] = [];
  const all = configurationsOf(spec);
  let configurations = 0;
  while (configurations <= confirm.top && all.next().done !== true) configurations++;
  if (configurations <= confirm.top) {
    const message = `\`top: ${formatCount(confirm.top)}\` chooses all there are, ${count(configurations, 'configuration')}: nothing is saved, and the screening counts for nothing`;
    found.push(finding('top', message, `write seeds: ${seeds.length + confirm.seeds.length}, or a smaller top`));
  }
  if (confirm.seeds.length === 1) {
    const message = `\`confirm: ${seeds.length + 1}\` leaves one seed to rank by, since those of the screening don't count: no difference can be told from chance`;
    found.push(finding('confirm', message, `write confirm: ${seeds.length + 3} or more`));
  }
  return found;
}
