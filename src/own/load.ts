/** Modules of the user's that define likelihoods and metrics: run by path, known by the hash of their text. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, SweepError } from '../errors.ts';
import { importModule, isPath } from '../files/import-module.ts';
import type { Metric } from '../metrics/metric.ts';
import { keepLoadedMetric } from '../metrics/own.ts';
import type { Likelihood } from '../model/likelihood.ts';
import { keepLoaded } from '../model/likelihoods/own.ts';
import { plain } from '../text/printable.ts';
import { likelihoodFrom, metricFrom } from './members.ts';

export interface OwnModule {
  /** Absolute. */
  readonly path: string;
  /** 16 hexadecimal digits of the sha256 of its text, which is all that it runs but for packages. */
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
  const hash = await hashOf(place);
  const key = `${hash} ${place}`;
  const known = modules.get(key);
  if (known !== undefined) return known;
  const definitions = await exportsOf(place, hash);
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
  for (const likelihood of found.likelihoods) keepLoaded(hash, likelihood);
  for (const metric of found.metrics) keepLoadedMetric(hash, metric);
  modules.set(key, found);
  return found;
}
const modules = new Map<string, OwnModule>();

/** @throws SweepError DEFINITION where it can't be read */
export async function hashOf(place: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(place))
      .digest('hex')
      .slice(0, 16);
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SweepError(
      'DEFINITION',
      isGone ? `There is no file ${plain(place)}` : `${plain(place)} can't be read: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** One definition, or a list of several. */
async function exportsOf(place: string, hash: string): Promise<readonly unknown[]> {
  const resolve = (specifier: string, isDirect: boolean): string | undefined => {
    if (!isDirect) return undefined;
    if (specifier === PACKAGE) return DEFINE;
    if (!isPath(specifier)) return undefined;
    throw new Error(
      `it imports ${specifier}: trials are known by its text alone, so what it needs stands in it, or in a package`,
    );
  };
  try {
    const { default: given } = await importModule(place, hash, resolve);
    return Array.isArray(given) ? (given as unknown[]) : [given];
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
