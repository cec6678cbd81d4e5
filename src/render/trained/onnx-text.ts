import { plain } from '../../text/printable.ts';
import { shellWord } from '../../text/shell-word.ts';
import { formatBytes } from '../format.ts';

/** A trained model that was written as ONNX files. */
export interface ExportedModel {
  readonly folder: string;
  readonly trial: string;
  readonly sweep: string;
  /** Bytes, by the names of the files. */
  readonly sizes: Readonly<Record<string, number>>;
  /** See exportOnnx. */
  readonly difference: number;
}

export function onnxLines({ folder, trial, sweep, sizes, difference }: ExportedModel): string {
  const models = Object.entries(sizes).filter(([file]) => file.endsWith('.onnx'));
  return [
    `${plain(folder)} · trial ${trial} of ${plain(sweep)}`,
    ...models.map(([file, bytes]) => ` ${file.padEnd(14)}${formatBytes(bytes)}`),
    ` Run by ONNX Runtime alone, all three come within ${difference.toExponential(0).replace('e-', ' × 10^-')} of the engine that trained it.`,
    ` In Python: python3 ${shellWord(`${plain(folder)}/load.py`)} (numpy, onnxruntime); in a browser: see load.html.`,
  ].join('\n');
}
