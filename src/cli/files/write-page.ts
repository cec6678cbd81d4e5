import { fromHere } from '../../files/paths.ts';
import { formatBytes } from '../../render/format.ts';
import type { Selection } from '../../answers/selection.ts';
import { layoutOf, repeatFlags, type GlobalFlags } from '../flags/flags.ts';
import { note, print } from '../output.ts';
import { writeOutputOr } from './output-file.ts';
import { withResults } from '../results.ts';

interface PageSelection {
  readonly best: number | undefined;
  readonly by: string | undefined;
  readonly where: Selection['where'];
  readonly all: boolean;
}

/** `sweep report --format html`: a file in the sweep's folder or where the user wants it; `-` is stdout. */
export async function writePage(
  flags: GlobalFlags & { readonly output: string | undefined },
  name: string | undefined,
  { best, ...options }: PageSelection,
): Promise<number> {
  // Only here, since what draws charts takes a while to load.
  const [{ readPage, readPageLatents }, { renderPage }, { readPageAssets }] = await Promise.all([
    import('../../answers/read-page.ts'),
    import('../../page/page.ts'),
    import('../../page/assets.ts'),
  ]);
  const assets = readPageAssets();
  const layout = layoutOf(flags);
  const content = await withResults(flags, async (model) => {
    const page = readPage({ model, layout }, name, { ...options, flags: repeatFlags(flags) });
    return { ...page, latents: await readPageLatents({ model, layout }, page.report) };
  });
  const page = renderPage(content, assets);
  if (best !== undefined) note('A page shows all configurations: --best is for the other formats.', '!');
  const bytes = Buffer.from(page);
  const file = flags.output ?? fromHere(layout.page(content.model.sweep));
  await writeOutputOr(file, bytes, flags);
  if (file !== '-') print(`${file}  ${formatBytes(bytes.length)}, opens in any browser, no network needed`);
  return 0;
}
