import { tf } from '../tfjs.ts';
import { createRequire } from 'node:module';
import util from 'node:util';
import type { EngineChoice } from '../choice.ts';
import { EagerEngine } from './eager-engine.ts';

/** On `cpu`: TF.js's pure JavaScript backend. On `cuda`: TensorFlow by @tensorflow/tfjs-node-gpu, an optional package. */
export function loadEagerEngine(provider: EngineChoice['provider']): EagerEngine {
  // Silences TF.js's advice to install its node backend.
  tf.enableProdMode();
  if (provider === 'cpu') return new EagerEngine(provider, 'cpu');
  if (provider !== 'cuda') throw new Error(`the eager engine does not run on ${provider}`);
  restoreRemovedUtilities();
  const require = createRequire(import.meta.url);
  try {
    require('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
    throw new Error(
      missing
        ? '@tensorflow/tfjs-node-gpu is not installed'
        : `@tensorflow/tfjs-node-gpu does not load: ${(error as Error).message.split('\n')[0]!}`,
      { cause: error },
    );
  }
  return new EagerEngine(provider, 'tensorflow');
}

/** tfjs-node-gpu 4.22 calls these; Node 23 removed them. */
function restoreRemovedUtilities(): void {
  const known = util as unknown as Record<string, unknown>;
  known['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  known['isArray'] ??= Array.isArray;
}
