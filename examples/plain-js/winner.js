// The winner of beta.js at work: new images, their codes, and how likely each is.
import { loadModel } from 'vae-sweep';

const model = await loadModel('best', { sweep: 'beta' });
const drawn = await model.sample(100, 1);
const images = Uint8Array.from(drawn, (value) => Math.round(255 * value));
const { mean, logVariance } = await model.encode(images);
const { elbo } = await model.elbo(images);
const again = await model.decode(mean);

const { height, width, latentDim } = model;
console.log(
  `${elbo.length} images of ${height} × ${width}, ${latentDim} numbers each: ${mean.length + logVariance.length} in all`,
);
console.log(`the likeliest is number ${elbo.indexOf(Math.max(...elbo))}; decoded again: ${again.length} pixels`);
