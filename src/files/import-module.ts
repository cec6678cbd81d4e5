import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Whether `import` is by path; else it is of a package. */
export function isPath(specifier: string): boolean {
  return /^(\.{0,2}\/|file:)/.test(specifier);
}

/**
 * Runs a module of the user's, and gives its exports: anew where `version` is another.
 * @param resolve the URL of what is imported meanwhile, where it isn't the `usual` one; `isDirect`: by the module itself. What it throws
 * is the reason why the module can't be loaded
 * @throws what the module throws
 */
export async function importModule(
  place: string,
  version: string,
  resolve: (specifier: string, isDirect: boolean, usual: () => string) => string | undefined,
): Promise<{ readonly default?: unknown }> {
  const file = pathToFileURL(place).href;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      // `require` made of its address drops what follows the `?`.
      const isDirect = context.parentURL?.replace(/\?.*/, '') === file;
      const found = resolve(specifier, isDirect, () => next(specifier, context).url);
      return found === undefined ? next(specifier, context) : { url: found, shortCircuit: true };
    },
  });
  try {
    return (await import(`${file}?${version}`)) as { readonly default?: unknown };
  } finally {
    hooks.deregister();
  }
}
