// A sweep over images of one's own, here 800 rings that rings.js draws, and the code of one by the winner.
import { loadModel, openResults, runSweep } from 'vae-sweep';
import rings from './rings.js';

const parameters = { latent_dim: [2, 8], hidden: [64], learning_rate: 3e-3 };
await runSweep({ name: 'rings', dataset: './rings.js', parameters, train: { epochs: 20 } }, { device: 'cpu' });

const results = openResults();
const { params, metrics } = results.report('rings').configurations[0];
console.log(`best: ${params.latent_dim} latents, ELBO ${metrics['val/elbo'].mean.toFixed(1)}`);
results.close();

const model = await loadModel('rings');
const [image] = rings.samples();
const { mean } = await model.encode(image);
console.log(`the first ring is ${[...mean].map((value) => value.toFixed(2)).join(', ')}`);
