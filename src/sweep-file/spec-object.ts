import { stringify } from 'yaml';
import type { PruningMethod } from '../search/pruning.ts';
import { messageOf, SweepError } from '../errors.ts';
import type { LearnerName, SamplerName } from './expansion/samplers.ts';

/** A spec as a program writes it: the keys and values of the YAML file (docs/spec.md). */
export interface SpecObject {
  readonly name: string;
  readonly dataset: string | Readonly<Record<string, unknown>>;
  /** Modules of one's own that define likelihoods and metrics, by their paths. */
  readonly use?: readonly string[];
  /** By name: a value is fixed, a list gives choices, `{ min, max, scale }` is a range. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly zip?: readonly (readonly string[])[];
  readonly when?: readonly {
    readonly if: Readonly<Record<string, unknown>>;
    readonly then: Readonly<Record<string, unknown>>;
  }[];
  readonly exclude?: readonly Readonly<Record<string, unknown>>[];
  readonly where?: string | readonly string[];
  readonly try?: readonly Readonly<Record<string, unknown>>[];
  readonly seeds?:
    number | readonly number[] | { readonly screen?: number; readonly confirm: number; readonly top?: number };
  readonly train?: { readonly epochs?: number; readonly batch_size?: number; readonly clip_norm?: number | null };
  readonly objective?: { readonly metric?: string; readonly goal?: 'maximize' | 'minimize' };
  readonly objectives?: readonly (
    string | { readonly metric: string; readonly goal?: 'maximize' | 'minimize'; readonly reference?: number | null }
  )[];
  readonly evaluate_test?: 'selected' | 'all';
  readonly search?: 'grid' | SamplerName | LearnerName;
  readonly trials?: number | null;
  readonly search_seed?: number;
  readonly class?: string;
  readonly prune?: { readonly method: PruningMethod; readonly min_epochs?: number; readonly eta?: number } | null;
  readonly budget?: {
    readonly trials?: number | null;
    readonly epochs?: number | null;
    readonly hours?: number | null;
  };
  readonly until?: { readonly metric?: string; readonly reached?: number; readonly patience?: number } | null;
  readonly lookahead?: number;
  readonly learn_from?: readonly string[];
}

/** The YAML text of it, so that a program's mistakes are found and shown as a file's are. @throws SweepError USAGE for what has no text. */
export function specTextOf(spec: SpecObject): string {
  try {
    return stringify(spec, { version: '1.2', schema: 'core', aliasDuplicateObjects: false, lineWidth: 0 });
  } catch (cause) {
    throw new SweepError('USAGE', `The spec is no plain data (${messageOf(cause)}).`, { cause });
  }
}
