import { SpecError } from './issue.ts';
import type { SpecIssue } from './issue.ts';
import { applyOverrides } from './overrides.ts';
import { readSource } from './source.ts';
import type { SweepSpec } from './spec.ts';
import { validateSpec } from './validate.ts';

export interface ParseSpecOptions {
  /** The file as the user named it, for messages. */
  readonly file: string;
  /** `key=value` arguments, applied before validation (see overrides.ts). */
  readonly overrides?: readonly string[];
}

/** Reads a spec. Throws a SpecError with every mistake in it. */
export function parseSpec(text: string, { file, overrides = [] }: ParseSpecOptions): SweepSpec {
  const source = readSource(text, file);
  if (!source.readable) throw new SpecError(file, text, source.issues);
  const applied = applyOverrides(source.document, overrides);

  const { spec, findings } = validateSpec(source.document.toJS());
  const located = findings.map((finding) => applied.locate(finding) ?? source.locate(finding));
  const issues = [...source.issues, ...applied.issues, ...located];
  if (issues.length === 0 && spec) return spec;
  issues.sort(inOrderOfPlace);
  throw new SpecError(file, text, issues);
}

/** The file from top to bottom, then the overrides. */
function inOrderOfPlace(a: SpecIssue, b: SpecIssue): number {
  if (a.line === null && b.line === null) return a.file.localeCompare(b.file, 'en', { numeric: true });
  if (a.line === null || b.line === null) return a.line === null ? 1 : -1;
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}
