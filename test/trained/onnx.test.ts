/** The exported files, run by onnxruntime-node alone, for every architecture and any number of images. */
import { InferenceSession, Tensor } from '../../src/engine/compiled/onnx-runtime.ts';
import { fromBinary } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { ModelProtoSchema } from '../../src/engine/compiled/onnx/onnx_pb.ts';
import { portableModel } from '../../src/engine/compiled/portable-model.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { imageSize } from '../../src/model/architecture.ts';
import { randomStream } from '../../src/random.ts';
import { onnxProgram, type OnnxPart } from '../../src/trained/onnx-programs.ts';
import { TrainedModel } from '../../src/trained/trained-model.ts';
import { oneHot } from '../../src/training/one-hot.ts';
import { testModels, testWeights } from '../training/support.ts';

const engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });

function largestDifference(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  return found.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
}

/** How rows are exported, test/cli/rows-in-use.test.ts shows. */
const ofImages = Object.entries(testModels).filter(([, { isReal }]) => isReal !== true);

it.each(ofImages)('%s comes to the same within 1e-5, for 1 image and for 3', async (_, shape) => {
  const weights = testWeights(shape);
  const model = new TrainedModel('0'.repeat(16), shape, weights, engine);
  const { height, width, channels, latentDim, classes } = shape;
  const open = (part: OnnxPart) =>
    InferenceSession.create(portableModel(onnxProgram(part, shape), weights, {}), { logSeverityLevel: 4 });
  const [encoder, decoder, vae] = await Promise.all([open('encoder'), open('decoder'), open('vae')]);
  for (const count of [1, 3]) {
    const stream = randomStream(['images', count]);
    const bytes = new Uint8Array(count * imageSize(shape)).map(() => stream.below(256));
    const values = Float32Array.from(bytes, (byte) => byte / 255);
    const images = new Tensor('float32', values, [count, height, width, channels]);
    const labels = Uint16Array.from({ length: count }, (_, i) => (i + 1) % (classes ?? 1));
    const told = classes && {
      condition: new Tensor('float32', Float32Array.from(oneHot(labels, classes)), [count, classes]),
    };
    const { mean, logVariance } = await model.encode(bytes, labels);
    const decoded = await model.decode(mean, labels);
    const latents = new Tensor('float32', mean, [count, latentDim]);
    const found = {
      ...(await encoder.run({ images, ...told })),
      decoded: (await decoder.run({ latents, ...told }))['images']!,
      reconstruction: (await vae.run({ images, ...told }))['reconstruction']!,
    } as unknown as Record<string, Tensor>;
    const expected = { mean, log_variance: logVariance, decoded, reconstruction: decoded };
    for (const [name, numbers] of Object.entries(expected)) {
      expect(largestDifference(found[name]!.data as Float32Array, numbers)).toBeLessThan(1e-5);
    }
    expect(found['reconstruction']!.dims).toEqual([count, height, width, channels]);
  }
});

it('a file says what it is of, and that the number of images is free', () => {
  const shape = testModels['conv 28']!;
  const file = portableModel(onnxProgram('encoder', shape), testWeights(shape), { properties: { trial: '3f2a91' } });
  const { metadataProps, graph } = fromBinary(ModelProtoSchema, file);
  expect(metadataProps.map(({ key, value }) => [key, value])).toEqual([['trial', '3f2a91']]);
  const sizes = (at: 'input' | 'output') =>
    graph![at].map(({ name, type }) => [name, type!.value.value!.shape!.dim.map(({ value }) => String(value.value))]);
  expect(sizes('input')).toEqual([['images', ['batch', '28', '28', '1']]]);
  expect(sizes('output')).toEqual([
    ['mean', ['batch', '3']],
    ['log_variance', ['batch', '3']],
  ]);
  expect(graph!.initializer.map(({ name }) => name)).toContain('posterior.mean.weight');
  expect(graph!.initializer.filter(({ name }) => name.startsWith('decoder'))).toEqual([]);
});
