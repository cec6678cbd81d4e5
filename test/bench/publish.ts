import { readFile, writeFile } from 'node:fs/promises';

const BEGIN = '<!-- bench: begin, written by npm run bench -- --write -->';
const END = '<!-- bench: end -->';

/** Puts header and table of a run in place of what stands between the two markers of a Markdown file. */
export async function publish(file: string, header: readonly string[], table: string): Promise<void> {
  const content = await readFile(file, 'utf8');
  const [begin, end] = [content.indexOf(BEGIN), content.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`${file}: the lines "${BEGIN}" and "${END}" aren't there in this order`);
  const run = [BEGIN, '', ...header.map((line) => `    ${line}`), '', table, '', ''].join('\n');
  await writeFile(file, content.slice(0, begin) + run + content.slice(end));
}
