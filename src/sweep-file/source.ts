/** A spec's YAML text, with the place of everything in it. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, ParseOptions, DocumentOptions, SchemaOptions } from 'yaml';
import type { Finding, SpecIssue } from './issue.ts';

/** A spec is a page of text; a parser kept busy for seconds by megabytes of it would only hide a mistake. */
export const MAX_SPEC_BYTES = 256 * 1024;

/** YAML 1.2, core schema: `1e-3` is a number, `no` a string, `<<` and `!!binary` mean nothing special. */
export const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  // Not `silent`, which would also let a second document pass.
  logLevel: 'error',
} as const satisfies ParseOptions & DocumentOptions & SchemaOptions;

export interface SpecSource {
  readonly document: Document;
  /** Mistakes of the YAML itself. */
  readonly issues: readonly SpecIssue[];
  /** Whether the document can be read at all, so that looking for further mistakes makes sense. */
  readonly readable: boolean;
  /** The place of a finding in the text. */
  locate(finding: Finding): SpecIssue;
}

export function readSource(text: string, file: string): SpecSource {
  const lineCounter = new LineCounter();
  const isTooLarge = Buffer.byteLength(text) > MAX_SPEC_BYTES;
  const document: Document = parseDocument(isTooLarge ? '' : text, { ...YAML_OPTIONS, lineCounter });

  const issueAt = (start: number, end: number, issue: Pick<SpecIssue, 'code' | 'message' | 'hint'>): SpecIssue => {
    const { line, col } = start === 0 ? { line: 1, col: 1 } : lineCounter.linePos(start);
    const lineEnd = text.indexOf('\n', start);
    const length = Math.max(1, Math.min(end, lineEnd < 0 ? text.length : lineEnd) - start);
    return { ...issue, file, line, column: col, length };
  };
  const locate = ({ code, message, hint, path, at }: Finding): SpecIssue => {
    const [start, end] = rangeOf(document, path, at);
    return issueAt(start, end, { code, message, ...(hint !== undefined && { hint }) });
  };

  if (isTooLarge) {
    const message = `the file is larger than ${MAX_SPEC_BYTES / 1024} KB: this is not a spec`;
    return { document, issues: [issueAt(0, 1, { code: 'too_large', message })], readable: false, locate };
  }
  const problems = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const isFatal = ({ code }: (typeof problems)[number]): boolean =>
    code !== 'DUPLICATE_KEY' && code !== 'TAG_RESOLVE_FAILED' && code !== 'BAD_DIRECTIVE';
  const fatal = problems.find((problem) => problem.code === 'RESOURCE_EXHAUSTION') ?? problems.find(isFatal);
  // After the first broken bracket or indentation the parser guesses, and its further complaints are noise.
  const issues = (fatal ? [fatal] : problems).map(({ code, pos, message }) =>
    issueAt(pos[0], pos[1], {
      code: code === 'DUPLICATE_KEY' ? 'duplicate' : 'syntax',
      message: YAML_MESSAGES[code] ?? message,
    }),
  );
  if (!fatal) issues.push(...refusedNodes(document.contents, []).map(locate));
  return { document, issues, readable: !issues.some((issue) => issue.code === 'syntax'), locate };
}

const YAML_MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is there already; a key can be given once',
  MULTIPLE_DOCS: 'the file holds several documents (`---`); a spec is one document',
  TAB_AS_INDENT: 'lines are indented by spaces here, not by tabs',
  MULTILINE_IMPLICIT_KEY: 'a key is followed by a colon and a space, as in `name: beta`',
  RESOURCE_EXHAUSTION: 'the lists or mappings are nested too deeply',
};

/** YAML that a spec has no use for, and that costs more to get right than to write out. */
export function refusedNodes(node: unknown, path: readonly (string | number)[]): Finding[] {
  const refuse = (message: string): Finding => ({ code: 'syntax', path, at: 'value', message });
  if (isAlias(node)) return [refuse(`\`*${node.source}\` is an alias; write the value out`)];
  if (isSeq(node)) return node.items.flatMap((item, i) => refusedNodes(item, [...path, i]));
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) =>
    isScalar(key) ? refusedNodes(value, [...path, String(key.value)]) : [refuse('a key must be a single word')],
  );
}

/** From-to offsets of the key or value at `path`, or of the closest thing around it that is in the text. */
function rangeOf(document: Document, path: Finding['path'], at: Finding['at']): readonly [start: number, end: number] {
  let node: unknown = document.contents;
  const start = sourceRange(node)?.[0] ?? 0;
  let range: readonly [number, number] = [start, start + 1];
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      // The key of a pair that an override added is a plain string.
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
      if (!pair) break;
      node = pair.value;
      const wantsKey = at === 'key' && depth === path.length - 1;
      range = (wantsKey ? undefined : sourceRange(node)) ?? sourceRange(pair.key) ?? range;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      range = sourceRange(node) ?? range;
    } else {
      break;
    }
  }
  return range;
}

/** Undefined for what is not in the text: an empty value, or a node that an override put there. */
function sourceRange(node: unknown): readonly [number, number] | undefined {
  const range = (node as Node | null)?.range;
  return range && range[1] > range[0] ? [range[0], range[1]] : undefined;
}
