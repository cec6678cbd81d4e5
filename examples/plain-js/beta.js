// Which β gives the best model? A small sweep on built-in data, a quarter of a minute.
import { openResults, runSweep } from 'vae-sweep';

const spec = {
  name: 'beta',
  dataset: { name: 'sprites-mini', train: 1024, validation: 256 },
  parameters: { beta: [1, 8], hidden: [64] },
  seeds: 3,
  train: { epochs: 10 },
};

let done = 0;
const { counts, elapsedMs } = await runSweep(spec, {
  device: 'cpu',
  onEvent: (event) => {
    if (event.type === 'finished') console.log(`${++done} of 6: ${event.state}`);
  },
});
console.log(`${counts.completed} trials in ${(elapsedMs / 1000).toFixed(1)} s`);

const results = openResults();
const [best] = results.report('beta').configurations;
const { mean, low, high } = best.metrics['val/elbo'];
console.log(`best: beta ${best.params.beta}, ELBO ${mean.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`);
results.close();
