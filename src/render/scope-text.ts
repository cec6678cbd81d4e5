/** Which trials of a sweep an answer is of, in words. */
import { describeFilter, resultKeys, type Filter } from '../analysis/filter.ts';
import { plain } from '../text/printable.ts';
import { shellWord } from '../text/shell-word.ts';

interface Scope {
  readonly sweep: string;
  readonly where: Filter | null;
}

/** `beta where architecture=conv`. */
export function describeScope({ sweep, where }: Scope): string {
  return plain(where === null ? sweep : `${sweep} where ${describeFilter(where)}`);
}

/** How a command asks for the same trials: ` --where architecture=conv --all`. */
export function scopeFlags({ where, all }: Pick<Scope, 'where'> & { readonly all: boolean }): string {
  return `${where === null ? '' : ` --where ${shellWord(describeFilter(where))}`}${all ? ' --all' : ''}`;
}

/** What a reader must know of trials that were picked by how they did; nothing where they were not. */
export function selectionNotes({ where }: Pick<Scope, 'where'>): string[] {
  const keys = resultKeys(where);
  return keys.length === 0 ? [] : [describeSelection(keys)];
}

/** `keys` are results, such as `val/elbo`. */
export function describeSelection(keys: readonly string[]): string {
  return (
    `trials were chosen by ${keys.join(', ')}, which training decides: means and intervals are of those that are left, ` +
    'not of their configurations'
  );
}
