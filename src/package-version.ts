import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** Of an installed package; `..` is this one. `unknown` where it isn't there. */
export function versionOf(packageName: string): string {
  const file = findPackageJSON(packageName, import.meta.url);
  if (file === undefined) return 'unknown';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
