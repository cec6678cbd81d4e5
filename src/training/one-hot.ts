import type { Arrays } from '../engine/engine.ts';
import type { ModelShape } from '../model/architecture.ts';

/** [B, K] of B labels, each a place among K: what programs have as `condition`. */
export function oneHot(labels: ArrayLike<number>, classes: number): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]!] = 1;
  return rows;
}

/** What programs of the model need beside the images with these indices, whose labels those of all images tell. */
export function conditionInput(
  { classes }: Pick<ModelShape, 'classes'>,
  labels: Uint16Array | undefined,
  indices: Int32Array,
): Arrays {
  if (classes === undefined) return {};
  if (labels === undefined) throw new Error('images without the labels that the model is told');
  return {
    condition: oneHot(
      indices.map((index) => labels[index]!),
      classes,
    ),
  };
}
