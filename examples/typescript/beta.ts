// Which β gives the best model? As examples/plain-js, with a look ahead and a stop by Ctrl-C, after which it goes on.
import { openResults, planSweep, runSweep, SweepError, type SpecObject } from 'vae-sweep';

const spec: SpecObject = {
  name: 'beta',
  dataset: { name: 'sprites-mini', train: 1024, validation: 256 },
  parameters: { beta: [1, 8], hidden: [64] },
  seeds: 3,
  train: { epochs: 10 },
};
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

try {
  const { outlook } = await planSweep(spec, { device: 'cpu' });
  console.log(`${outlook.toRun.length} trials to run`);
  let done = 0;
  const { interrupted } = await runSweep(spec, {
    device: 'cpu',
    stop: stop.signal,
    onEvent: (event) => {
      if (event.type === 'finished') console.log(`${++done} of ${outlook.toRun.length}: ${event.state}`);
    },
  });

  using results = openResults();
  const [best] = results.report('beta').configurations;
  const elbo = best?.metrics['val/elbo'];
  if (interrupted || !best || !elbo) throw new Error('not done yet: start me again');
  console.log(`best: beta ${String(best.params['beta'])}, ELBO ${elbo.mean.toFixed(2)}`);
} catch (error) {
  console.error(error instanceof SweepError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
