import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The installed package that a file is of, as `jstat@1.9.6` or `@scope/name@2.0.0`; undefined where it is of none. As it was when
 * this process first imported it: that is what runs here, whatever is installed since.
 */
export function packageAt(url: string): string | undefined {
  const [, root, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(fileURLToPath(url)) ?? [];
  if (root === undefined || name === undefined) return undefined;
  let found = packages.get(root);
  if (found === undefined) packages.set(root, (found = `${name}@${versionIn(root)}`));
  return found;
}
const packages = new Map<string, string>();

/** Of a package that says none, `?`. */
function versionIn(root: string): string {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { readonly version?: unknown };
  return typeof version === 'string' ? version : '?';
}
