import { createHash } from 'node:crypto';
import { sizeOf, type Engine } from '../engine/engine.ts';
import { engineLabel } from '../executor/device-protocol.ts';
import { randomStream } from '../random.ts';
import { adamSchedule } from './adam.ts';
import type { ModelShape } from '../model/architecture.ts';
import { weightSpecs } from '../model/model.ts';
import { GatheredImages } from './gathered-images.ts';
import { zeroMoments } from './initial-state.ts';
import { trainingProgram } from './programs.ts';

/** Convolutions in blocks of channels and not, matrix products, exponentials, logarithms, sums, Adam; widths that no vector register divides. */
const MODEL: ModelShape = {
  architecture: 'conv',
  own: { channels: [11, 32, 16] },
  activation: 'elu',
  latentDim: 7,
  likelihood: 'bernoulli',
  height: 16,
  width: 16,
  channels: 1,
  outputChannels: 1,
};
const PIXELS = MODEL.height * MODEL.width;
const BATCH = 13;
const STEPS = 3;

const classes = new WeakMap<Engine, Promise<string>>();

/**
 * What computes here, such as `compiled/cpu with ONNX Runtime 1.24.3, bits 3f9a12c40b7e`: the digits are a hash of what
 * comes out of a few steps of a fixed training. Engines of one class train the same trial to the same bits; a processor
 * or a GPU of another kind, or another version of what computes, gives other digits.
 */
export function bitClassOf(engine: Engine): Promise<string> {
  let known = classes.get(engine);
  if (known === undefined) {
    classes.set(engine, (known = findBitClass(engine)));
    // For want of memory, perhaps.
    known.catch(() => classes.delete(engine));
  }
  return known;
}

async function findBitClass(engine: Engine): Promise<string> {
  const specs = weightSpecs(MODEL);
  const normal = (name: string, size: number): Float32Array =>
    randomStream(['bit class', name]).fillNormal(new Float32Array(size));
  const weights = Object.fromEntries(
    specs.map(({ name, shape }) => [name, normal(name, sizeOf(shape)).map((value) => value / 8)]),
  );
  const images = Uint8Array.from(normal('images', BATCH * PIXELS), (value) => 128 + 40 * value);
  const everyImage = Int32Array.from({ length: STEPS * BATCH }, (_, i) => i % BATCH);
  const schedule = Array.from({ length: STEPS }, (_, i) => adamSchedule(1e-2, i + 1));
  const scan = await engine.prepare(trainingProgram(MODEL, BATCH, true));
  const { state, outputs } = await scan.run({
    count: STEPS,
    state: { ...weights, ...zeroMoments(specs) },
    constants: {},
    steps: {
      images: new GatheredImages(MODEL).gather(images, everyImage),
      imageWeights: new Float32Array(STEPS * BATCH).fill(1 / BATCH),
      noise: normal('noise', STEPS * BATCH * MODEL.latentDim),
      beta: new Float32Array(STEPS).fill(2),
      stepSize: Float32Array.from(schedule, ({ stepSize }) => stepSize),
      stabilizer: Float32Array.from(schedule, ({ stabilizer }) => stabilizer),
      clipNorm: new Float32Array(STEPS).fill(1),
    },
  });
  const computer = `${engineLabel(engine.choice)} with ${engine.library}`;
  const hash = createHash('sha256').update(computer);
  for (const values of [...specs.map(({ name }) => state[name]!), outputs['reconstruction']!, outputs['kl']!]) {
    hash.update(values);
  }
  return `${computer}, bits ${hash.digest('hex').slice(0, 12)}`;
}
