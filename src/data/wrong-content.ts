import { SweepError } from '../errors.ts';
import { formatCount } from '../text/format-number.ts';
import { shellWord } from '../text/shell-word.ts';
import { isConstant, readContent, sha256, type FileContent } from './content.ts';
import { describeRole, type CatalogDataset, type FileDataset } from './definition.ts';
import { describeContent } from './describe-content.ts';
import { knownContent, largestBytes } from './known-content.ts';

/**
 * The error for a data file whose content isn't the original's: what it is, and what to do, by commands that can be
 * followed as they stand.
 */
export async function wrongContent(
  dataset: FileDataset,
  role: string,
  paths: Readonly<Record<string, string>>,
  catalog: readonly CatalogDataset[] | undefined,
): Promise<SweepError> {
  const file = paths[role]!;
  const wanted = describeRole(dataset, role);
  const known = await knownContent(file, catalog);
  const replace = replacement(file, dataset, role);
  if (known === undefined) {
    const content = await readContent(file, largestBytes(catalog));
    return corrupt(`${file} ${describeDamage(content, dataset, role)}. ${replace}`);
  }
  const is = `${file} is not ${wanted}: it is ${describeRole(known.dataset, known.role)}.`;
  if (known.dataset.name !== dataset.name) {
    const { name } = known.dataset;
    return corrupt(`${is} In a folder DIR/${name} it is found for \`dataset: ${name}\` by --data DIR. ${replace}`);
  }
  const other = paths[known.role]!;
  const isExchange = (await knownContent(other, catalog))?.role === role;
  if (!isExchange) return corrupt(`${is} ${replace}`);
  const [one, two, between] = [file, other, `${file}.exchange`].map((name) => shellWord(name)) as [
    string,
    string,
    string,
  ];
  return corrupt(
    `${is} The two files have each other's name. Exchange them by\n` +
      `  mv ${one} ${between} && mv ${two} ${one} && mv ${between} ${two}`,
  );
}

function corrupt(message: string): SweepError {
  return new SweepError('DATA_CORRUPT', message);
}

function replacement(file: string, dataset: FileDataset, role: string): string {
  const { name, gzip } = dataset.files[role]!;
  const url = `${dataset.mirrors[0] ?? ''}${name}.gz`;
  const megabytes = Math.ceil(gzip.bytes / 1e6);
  return (
    `Take it away, and the next \`sweep run\` downloads what it needs:\n  rm ${shellWord(file)}\n` +
    `or put the original (${megabytes} MB) in its place:\n` +
    `  curl -fLo ${shellWord(file)} ${shellWord(url)}`
  );
}

/** What follows the file's name: `is damaged: …` where it may have been the right file once, else `is not …: it is …`. */
function describeDamage({ bytes, trouble }: FileContent, dataset: FileDataset, role: string): string {
  const { bytes: expected, header, sha256: original } = dataset.files[role]!;
  const size = bytes.length;
  const isRightHeader = bytes.subarray(0, header.length).equals(header.subarray(0, size));
  if (!isRightHeader) return `is not ${describeRole(dataset, role)}: it is ${describeContent(bytes)}`;
  if (trouble !== undefined) return `is damaged: ${trouble}`;
  if (size === 0) return 'is damaged: it is empty';
  if (size !== expected) {
    const all = formatCount(expected);
    // Of what is too long only the start was read.
    if (size > expected) return `is damaged: it is too long, with more than ${all} bytes`;
    return `is damaged: it is cut off, with ${formatCount(size)} bytes instead of ${all}`;
  }
  const pixels = bytes.subarray(header.length);
  if (isConstant(pixels)) {
    const [first] = pixels;
    return `is not ${describeRole(dataset, role)}: all of its pixels are ${first === 0 ? 'black' : `of grey ${first}`}`;
  }
  return (
    `is not ${describeRole(dataset, role)}, though of their size: the sha256 of its content is ${sha256(bytes)}, ` +
    `and that of the original is ${original}`
  );
}
