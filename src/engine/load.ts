import type { EngineChoice } from './choice.ts';
import type { Engine } from './engine.ts';

/** Engines that could train on a kind of device, best first. Each must still prove itself by `probeEngine`. */
export function engineCandidates(device: 'cpu' | 'gpu'): EngineChoice[] {
  return device === 'gpu'
    ? [
        { engine: 'compiled', provider: 'cuda' },
        { engine: 'eager', provider: 'cuda' },
        { engine: 'compiled', provider: 'webgpu' },
      ]
    : [
        { engine: 'compiled', provider: 'cpu' },
        { engine: 'eager', provider: 'cpu' },
      ];
}

/** Loads an engine. Throws an Error that says why it can't be had here. Import costs are paid only by its users. */
export async function loadEngine(choice: EngineChoice): Promise<Engine> {
  if (choice.engine === 'compiled') {
    const { CompiledEngine } = await import('./compiled/compiled-engine.ts');
    return new CompiledEngine(choice.provider);
  }
  const { loadEagerEngine } = await import('./eager/load-eager-engine.ts');
  return loadEagerEngine(choice.provider);
}

/** Loads the engine and trains one tiny step; throws with the reason if that fails or gives a wrong result. */
export async function probeEngine(choice: EngineChoice): Promise<void> {
  const { probeTraining } = await import('./probe.ts');
  await probeTraining(await loadEngine(choice));
}
