import path from 'node:path';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { formatBytes } from '../render/format.ts';
import type { Selection } from '../answers.ts';
import { layoutOf, repeatFlags, type GlobalFlags } from './flags.ts';
import { note, print } from './output.ts';
import { writeChunks } from './output-file.ts';
import { withResults } from './results.ts';

interface PageFlags extends GlobalFlags {
  readonly output?: string | undefined;
}

interface PageSelection {
  readonly best: number | undefined;
  readonly by: string | undefined;
  readonly where: Selection['where'];
  readonly all: boolean;
}

/** `sweep report --format html`: a file in the sweep's folder or where the user wants it; `-` is stdout. */
export async function writePage(
  flags: PageFlags,
  name: string | undefined,
  { best, ...options }: PageSelection,
): Promise<number> {
  // Only here, since what draws charts takes a while to load.
  const [{ readPage, readPageLatents }, { renderPage }, { readPageAssets }] = await Promise.all([
    import('../read-page.ts'),
    import('../page/page.ts'),
    import('../page/assets.ts'),
  ]);
  const assets = readPageAssets();
  const layout = layoutOf(flags);
  const content = await withResults(flags, async (model) => {
    const page = readPage({ model, layout }, name, { ...options, flags: repeatFlags(flags) });
    return { ...page, latents: await readPageLatents({ model, layout }, page.report) };
  });
  const page = renderPage(content, assets);
  if (best !== undefined) note('A page shows all configurations: --best is for the other formats.', '!');
  if (flags.output === '-') {
    await writeChunks([page], { ...flags, output: '-' });
    return 0;
  }
  const file = flags.output ?? layout.page(content.model.sweep);
  if (flags.output === undefined) await writeFileAtomically(file, [Buffer.from(page)]);
  else await writeChunks([page], { ...flags, output: file });
  const shown = path.relative('', file);
  print(
    `${shown.startsWith('..') ? file : shown}  ${formatBytes(Buffer.byteLength(page))}, opens in any browser, no network needed`,
  );
  return 0;
}
