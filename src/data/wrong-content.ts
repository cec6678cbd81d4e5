import { SweepError } from '../errors.ts';
import { formatCount } from '../format-number.ts';
import { shellWord } from '../shell-word.ts';
import { idxBytes, roleOf, type CatalogEntry, type IdxEntry, type IdxRole } from './catalog.ts';
import { readContent, sha256, type Content } from './content.ts';
import { describeContent, idxHeader } from './describe-content.ts';
import { knownContent, largestBytes } from './known-content.ts';

type IdxPaths = Readonly<Record<string, string>>;

/**
 * The error for a data file whose content isn't the original's: what it is, and what to do, by commands that can be
 * followed as they stand.
 */
export async function wrongContent(
  entry: IdxEntry,
  role: IdxRole,
  files: IdxPaths,
  catalog: readonly CatalogEntry[],
): Promise<SweepError> {
  const file = files[role]!;
  const wanted = roleOf(role, entry);
  const known = await knownContent(file, catalog);
  const replace = replacement(file, entry, role);
  if (known === undefined) {
    const content = await readContent(file, largestBytes(catalog));
    return corrupt(`${file} ${describeDamage(content, entry, role)}. ${replace}`);
  }
  const is = `${file} is not ${wanted}: it is ${roleOf(known.role, known.entry)}.`;
  if (known.entry.name !== entry.name) {
    const { name } = known.entry;
    return corrupt(`${is} In a folder DIR/${name} it is found for \`dataset: ${name}\` by --data DIR. ${replace}`);
  }
  const other = files[known.role]!;
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

function replacement(file: string, entry: IdxEntry, role: IdxRole): string {
  const { name, gzip } = entry.files[role];
  const url = `${entry.mirrors[0] ?? ''}${name}.gz`;
  const megabytes = Math.ceil(gzip.bytes / 1e6);
  return (
    `Take it away, and the next \`sweep run\` downloads what it needs:\n  rm ${shellWord(file)}\n` +
    `or put the original (${megabytes} MB) in its place:\n` +
    `  curl -fLo ${shellWord(file)} ${shellWord(url)}`
  );
}

/** What follows the file's name: `is damaged: …` where it may have been the right file once, else `is not …: it is …`. */
function describeDamage({ bytes, trouble }: Content, entry: IdxEntry, role: IdxRole): string {
  const [size, expected] = [bytes.length, idxBytes(entry, role)];
  const header = idxHeader([entry.files[role].images, entry.height, entry.width]);
  const isRightHeader = bytes.subarray(0, header.length).equals(header.subarray(0, size));
  if (!isRightHeader) return `is not ${roleOf(role, entry)}: it is ${describeContent(bytes)}`;
  if (trouble !== undefined) return `is damaged: ${trouble}`;
  if (size === 0) return 'is damaged: it is empty';
  if (size !== expected) {
    const all = formatCount(expected);
    // Of what is too long only the start was read.
    if (size > expected) return `is damaged: it is too long, with more than ${all} bytes`;
    return `is damaged: it is cut off, with ${formatCount(size)} bytes instead of ${all}`;
  }
  const [first, ...others] = new Set(bytes.subarray(header.length));
  if (others.length === 0) {
    return `is not ${roleOf(role, entry)}: all of its pixels are ${first === 0 ? 'black' : `of grey ${first}`}`;
  }
  return (
    `is not ${roleOf(role, entry)}, though of their size: the sha256 of its content is ${sha256(bytes)}, ` +
    `and that of the original is ${entry.files[role].sha256}`
  );
}
