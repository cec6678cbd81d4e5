import { expect, it } from 'vitest';
import { loadEngine, probeEngine } from '../../src/engine/load.ts';

it.each([
  { engine: 'compiled', provider: 'cpu' },
  { engine: 'eager', provider: 'cpu' },
] as const)('$engine on $provider passes the probe', async (choice) => {
  await expect(probeEngine(choice)).resolves.toBeUndefined();
});

it('says what to install for TensorFlow on a GPU, or loads it', async () => {
  const outcome = await loadEngine({ engine: 'eager', provider: 'cuda' }).then(
    () => 'loaded',
    (error: unknown) => (error as Error).message,
  );
  expect(outcome).toMatch(/loaded|@tensorflow\/tfjs-node-gpu/);
});
