/** `sweep export TRIAL --format onnx -o DIR`. */
import { namedTrial, openTrained } from '../../answers/open-trained.ts';
import { versionOf } from '../../package-version.ts';
import { onnxLines } from '../../render/trained/onnx-text.ts';
import type { ReadModel } from '../../store/read-model.ts';
import { layoutOf, type GlobalFlags } from '../flags/flags.ts';
import { checkNewFolder, writeFolder } from './new-folder.ts';
import { print } from '../output.ts';

/** @throws SweepError as `namedTrial`; USAGE for a folder that holds something, or can't be written */
export async function writeOnnx(
  results: ReadModel,
  named: { readonly trial: string; readonly sweep: string | undefined; readonly folder: string },
  flags: GlobalFlags,
): Promise<void> {
  checkNewFolder(named.folder, '');
  const open = { model: results, layout: layoutOf(flags) };
  const trial = namedTrial(open, named.trial, named.sweep);
  const model = await openTrained(open, trial);
  const { exportOnnx } = await import('../../trained/export-onnx.ts');
  const { files, difference } = await exportOnnx(model, trial, versionOf('..'));
  writeFolder(named.folder, (write) => {
    for (const [file, bytes] of Object.entries(files)) write(file, bytes);
  });
  const sizes = Object.fromEntries(Object.entries(files).map(([file, { length }]) => [file, length]));
  if (!flags.quiet) print(onnxLines({ folder: named.folder, trial: trial.id, sweep: trial.sweep, sizes, difference }));
}
