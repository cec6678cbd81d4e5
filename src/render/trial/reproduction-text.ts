/** The words of `sweep reproduce`. */
import type { Reproduction } from '../../run/reproduce.ts';
import { count } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { toUserSpelling } from '../../sweep-file/naming.ts';
import { toJsonLine } from '../json-line.ts';

/** Whether all that could be compared is the same, bit for bit. */
export function isReproduced({ metrics, areWeightsSame }: Reproduction): boolean {
  return metrics !== null && metrics.differing === 0 && metrics.compared > 0 && areWeightsSame !== false;
}

export function reproductionLines(id: string, found: Reproduction): string[] {
  const { metrics, areWeightsSame, bitClass, interrupted, cause } = found;
  if (metrics === null) {
    return [`${id} was not reproduced: ${interrupted ? 'stopped' : plain(cause ?? 'it came to no result')}`];
  }
  const values = `${metrics.compared} metrics of ${count(metrics.epochs, 'epoch')}`;
  if (isReproduced(found)) {
    const weights =
      areWeightsSame === null
        ? '; the weights could not be compared, as there is no file of them'
        : ', and all weights';
    return [`✓ ${id}: the same bits: ${values}${weights}`];
  }
  const { first, differing, largest } = metrics;
  const difference =
    first === null
      ? `the metrics are the same (${values}), and the weights are not`
      : `${differing} of ${values} differ, by ${largest.toExponential(1)} of their size at most, ` +
        `first ${first.name} of epoch ${first.epoch}: ${first.before ?? 'nothing'} before, ${first.now ?? 'nothing'} now`;
  return [`✗ ${id}: other bits: ${difference}`, reason(bitClass)];
}

function reason({ before, now }: Reproduction['bitClass']): string {
  if (before === null || now === null)
    return '  what computed the recorded one is not known; another kind of processor, GPU or ONNX Runtime gives other bits';
  return before === now
    ? `  both were computed by ${plain(now)}: they should be the same, so a file or a row was changed, or the data were`
    : `  computed by ${plain(before)} before and ${plain(now)} now, which give other bits`;
}

/** `vae-sweep.reproduce/1`. */
export function renderReproductionJson(trial: string, found: Reproduction): string {
  return toJsonLine({
    schema: 'vae-sweep.reproduce/1',
    trial,
    same: isReproduced(found),
    compared: toUserSpelling(found.metrics),
    weights_same: found.areWeightsSame,
    bit_class: found.bitClass,
    interrupted: found.interrupted,
    cause: found.cause,
  });
}
