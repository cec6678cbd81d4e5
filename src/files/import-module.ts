import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Whether `import` is by path; else it is of a package. */
export function isPath(specifier: string): boolean {
  return /^(\.{0,2}\/|file:)/.test(specifier);
}

/** Runs a module of the user's, and gives its exports: anew where `version` is another. @throws what the module throws */
export async function importModule(place: string, version: string): Promise<{ readonly default?: unknown }> {
  return (await import(`${pathToFileURL(place).href}?${version}`)) as { readonly default?: unknown };
}

/**
 * What `run` comes to, while imports of a module of the user's are resolved, also those that its functions make.
 * @param resolve the URL of what is imported, where it isn't the `usual` one; `isDirect`: by the module itself. What it throws is the
 * reason why that can't be loaded
 */
export async function resolvingImports<Result>(
  place: string,
  resolve: (specifier: string, isDirect: boolean, usual: () => string) => string | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
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
    return await run();
  } finally {
    hooks.deregister();
  }
}
