import { plain } from './printable.ts';

/** A parameter's value as a user would write it in a spec: `0.001`, `[512,256]`, `mlp`. */
export function formatValue(value: unknown): string {
  return plain(typeof value === 'string' ? value : JSON.stringify(value));
}
