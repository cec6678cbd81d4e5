/** Modules of the user's that define likelihoods and metrics: run by path, known by their text and the packages that they import. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, SweepError } from '../errors.ts';
import { importModule, isPath, resolvingImports } from '../files/import-module.ts';
import type { Metric } from '../metrics/metric.ts';
import { keepLoadedMetric } from '../metrics/own.ts';
import type { Likelihood } from '../model/likelihood.ts';
import { keepLoaded } from '../model/likelihoods/own.ts';
import { plain } from '../text/printable.ts';
import { packageAt } from './imported-package.ts';
import { likelihoodFrom, metricFrom } from './members.ts';

export interface OwnModule {
  /** Absolute. */
  readonly path: string;
  /** 16 hexadecimal digits of the sha256 of its text and, where it imports any, of its packages' names and versions. */
  readonly hash: string;
  readonly likelihoods: readonly Likelihood[];
  readonly metrics: readonly Metric[];
}

/** What `vae-sweep` is to such a module: it need not be installed there, and a thread loads no more than this. */
const DEFINE = new URL(`./define${path.extname(import.meta.url)}`, import.meta.url).href;
const PACKAGE = 'vae-sweep';

const SHOWN = 'export default defineLikelihood({ name, nats, mean, outputBias })';

/**
 * Runs a module, once for each text that it has, and keeps what it defines for whoever computes with it.
 * @throws SweepError DEFINITION where it isn't there, fails, or says something else
 */
export async function loadModule(place: string): Promise<OwnModule> {
  const ofText = hashed(await textOf(place));
  const key = `${ofText} ${place}`;
  const known = modules.get(key);
  if (known !== undefined) return known;
  const { definitions, packages } = await exportsOf(place, ofText);
  const hash = packages.length === 0 ? ofText : hashed([ofText, ...packages].join('\n'));
  const found = { path: place, hash, likelihoods: [] as Likelihood[], metrics: [] as Metric[] };
  for (const definition of definitions) {
    const problem = (message: string): SweepError => refused(place, message);
    if (isObject(definition) && 'nats' in definition) found.likelihoods.push(likelihoodFrom(definition, hash, problem));
    else if (isObject(definition) && 'of' in definition) found.metrics.push(metricFrom(definition, problem));
    else
      throw problem(
        `its default export is no likelihood, which has \`nats\`, and no metric, which has \`of\`. Write ${SHOWN}`,
      );
  }
  const names = definedBy(found);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw refused(place, `it defines ${twice} twice: call one otherwise`);
  for (const likelihood of found.likelihoods) keepLoaded(hash, likelihood);
  for (const metric of found.metrics) keepLoadedMetric(hash, metric);
  modules.set(key, found);
  return found;
}
const modules = new Map<string, OwnModule>();

/** `the likelihood \`student_t\``, of each. */
export function definedBy({ likelihoods, metrics }: Pick<OwnModule, 'likelihoods' | 'metrics'>): string[] {
  return [
    ...likelihoods.map(({ name }) => `the likelihood \`${name}\``),
    ...metrics.map(({ name }) => `the metric \`${name}\``),
  ];
}

function hashed(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

async function textOf(place: string): Promise<Buffer> {
  try {
    return await readFile(place);
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isGone ? `There is no file ${plain(place)}` : `${plain(place)} can't be read: ${messageOf(error)}`;
    throw new SweepError('DEFINITION', message, { cause: error });
  }
}

/** One definition, or a list of several; and what it imports, as `jstat@1.9.6`, in the order of their names. */
async function exportsOf(
  place: string,
  version: string,
): Promise<{ readonly definitions: readonly unknown[]; readonly packages: readonly string[] }> {
  const packages = new Set<string>();
  const resolve = (specifier: string, isDirect: boolean, usual: () => string): string | undefined => {
    if (!isDirect) return undefined;
    if (specifier === PACKAGE) return DEFINE;
    const url = isPath(specifier) ? undefined : usual();
    // Node's own.
    if (url !== undefined && !url.startsWith('file:')) return undefined;
    const imported = url && packageAt(url);
    if (!imported)
      throw new Error(
        `it imports ${specifier}, a file that nothing knows it by: what it needs stands in it, or in a package`,
      );
    packages.add(imported);
    return undefined;
  };
  try {
    // A process may plan again after it was changed.
    const { default: given } = await resolvingImports(place, resolve, () => importModule(place, version));
    return { definitions: Array.isArray(given) ? (given as unknown[]) : [given], packages: [...packages].sort() };
  } catch (error) {
    throw refused(place, `it can't be loaded: ${messageOf(error)}`, error);
  }
}

function refused(place: string, message: string, cause?: unknown): SweepError {
  return new SweepError('DEFINITION', `${plain(place)}: ${message}`, { cause });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
