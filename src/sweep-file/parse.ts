import { describeIssues, SpecError } from './issue.ts';
import type { Finding, SpecIssue } from './issue.ts';
import { applyOverrides } from './overrides.ts';
import { NOTHING_OWN } from './own-definitions.ts';
import { readSource } from './source.ts';
import type { SweepSpec } from './spec.ts';
import { validateSpec, type Own } from './validate.ts';

export interface ParseSpecOptions {
  /** The file as the user named it, for messages. */
  readonly file: string;
  /** `key=value` arguments, applied before validation (see overrides.ts). */
  readonly overrides?: readonly string[];
  /** What the modules define that it names; left out: they were not read, and any name may be one of theirs. */
  readonly own?: Own;
}

export interface ParsedSpec {
  readonly spec: SweepSpec;
  /** Parts of it that do nothing, as the terminal shows them: with place, line and caret. */
  readonly warnings: readonly string[];
  /** Whether the file or an override says something there, rather than a default. */
  readonly isWritten: (path: Finding['path']) => boolean;
  /** Anything else that is to be said about a place in it, in the same form. */
  readonly describe: (finding: Finding) => string;
  /** The error for what is found to be wrong only later. */
  readonly refuse: (findings: readonly Finding[]) => SpecError;
  /** Whether an override says what stands there. */
  readonly isOverridden: (path: Finding['path']) => boolean;
}

/** Reads a spec. Throws a SpecError with every mistake in it. */
export function readSpec(text: string, { file, overrides = [], own: given }: ParseSpecOptions): ParsedSpec {
  const source = readSource(text, file);
  if (!source.readable) throw new SpecError(file, text, source.issues);
  const applied = applyOverrides(source.document, overrides);

  const input: unknown = source.document.toJS();
  const own = given ?? (usedIn(input).length > 0 ? 'any' : NOTHING_OWN);
  const { spec, findings } = validateSpec(input, own);
  let ofFile = applied.changesSpace ? undefined : findings;
  const locate = (finding: Finding): SpecIssue => {
    const inOverride = applied.locate(finding);
    if (inOverride !== undefined) return inOverride;
    if (finding.code !== 'no_effect') return source.locate(finding);
    ofFile ??= findingsWithout(text, file, own);
    const isOfFile = ofFile.some((other) => isSamePlace(other, finding));
    return source.locate(isOfFile ? finding : { ...finding, hint: BY_OVERRIDE });
  };
  // A choice in the file that an override has left without effect is no slip.
  const isWarning = (finding: Finding): boolean =>
    finding.isWarning === true ||
    (finding.code === 'no_effect' && applied.changesSpace && applied.locate(finding) === undefined);
  const errors = findings.filter((finding) => !isWarning(finding)).map(locate);
  const issues = [...source.issues, ...applied.issues, ...errors].sort(inOrderOfPlace);
  if (issues.length > 0 || !spec) throw new SpecError(file, text, issues);

  const place = (finding: Finding): SpecIssue => applied.locate(finding) ?? source.locate(finding);
  return {
    spec,
    warnings: describeIssues(findings.map(locate).sort(inOrderOfPlace), text),
    isWritten: (path) => source.document.hasIn(path),
    describe: (finding) => describeIssues([place(finding)], text).join(),
    refuse: (findings) => new SpecError(file, text, findings.map(place)),
    isOverridden: (path) => applied.locate({ code: 'not_allowed', path, at: 'value', message: '' }) !== undefined,
  };
}

/** The modules that a spec names, before anything else of it can be judged. */
export interface UsedModules {
  /** As they are written; none where the spec can't be read, which `readSpec` then says. */
  readonly places: readonly string[];
  /** Whether an override names them. */
  readonly isTyped: boolean;
  /** The error for what is wrong with them. */
  readonly refuse: (findings: readonly Finding[]) => SpecError;
}

export function readUsed(text: string, { file, overrides = [] }: ParseSpecOptions): UsedModules {
  const source = readSource(text, file);
  const applied = source.readable ? applyOverrides(source.document, overrides) : undefined;
  const place = (finding: Finding): SpecIssue => applied?.locate(finding) ?? source.locate(finding);
  return {
    places: source.readable ? usedIn(source.document.toJS()) : [],
    isTyped: applied?.locate({ code: 'not_allowed', path: ['use'], at: 'value', message: '' }) !== undefined,
    refuse: (findings) => new SpecError(file, text, findings.map(place)),
  };
}

function usedIn(input: unknown): string[] {
  const use = typeof input === 'object' && input !== null && 'use' in input ? input.use : undefined;
  return Array.isArray(use) && use.every((one) => typeof one === 'string' && one !== '') ? (use as string[]) : [];
}

const BY_OVERRIDE = 'so it is with the override, and the file alone may need it';

/** What there is to say of the file alone, without what follows it. */
function findingsWithout(text: string, file: string, own: Own): readonly Finding[] {
  const source = readSource(text, file);
  return source.readable ? validateSpec(source.document.toJS(), own).findings : [];
}

function isSamePlace(a: Finding, b: Finding): boolean {
  return a.code === b.code && a.path.join() === b.path.join();
}

/** The file from top to bottom, then the overrides. */
function inOrderOfPlace(a: SpecIssue, b: SpecIssue): number {
  if (a.line === null && b.line === null) return a.file.localeCompare(b.file, 'en', { numeric: true });
  if (a.line === null || b.line === null) return a.line === null ? 1 : -1;
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}
