/** Stands in for src/engine/load.ts in a device process whose trials compute nothing. */
import type { EngineChoice } from '../../../src/engine/choice.ts';
import type { Engine } from '../../../src/engine/engine.ts';

export function engineCandidates(): EngineChoice[] {
  return [{ engine: 'compiled', provider: 'cpu' }];
}

export function probeEngine(): Promise<void> {
  return Promise.resolve();
}

export function loadEngine(choice: EngineChoice): Promise<Engine> {
  return Promise.resolve({
    choice,
    library: 'none',
    prepare: () => Promise.reject(new Error('the no-op engine runs nothing')),
  });
}
