import type { ModelShape } from '../model/architecture.ts';

/** A page that draws from the prior by the exported decoder. */
export function loadHtml(
  { trial }: Record<string, string>,
  { height, width, channels, latentDim }: ModelShape,
): string {
  const pixel =
    channels === 3
      ? '[p[3 * i], p[3 * i + 1], p[3 * i + 2]]'
      : `Array(3).fill(p[${channels === 1 ? 'i' : `${channels} * i`}])`;
  return `<!doctype html>
<meta charset="utf-8">
<title>Trial ${trial}</title>
<!-- In this folder: npm install onnxruntime-web; then serve it, e.g. by python3 -m http.server, and open load.html there. -->
<h1>Drawn by trial ${trial}</h1>
<canvas id="sheet" width="${8 * width}" height="${8 * height}" style="width: 512px; image-rendering: pixelated"></canvas>
<script type="module">
  import * as ort from './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs';
  ort.env.wasm.numThreads = 1;
  const [encoder, decoder] = await Promise.all(['encoder', 'decoder'].map((name) => ort.InferenceSession.create(name + '.onnx')));
  // images: ${height} x ${width} x ${channels} numbers each, from 0 (black) to 1; latents: ${latentDim} each.
  const tensor = (values, shape) => new ort.Tensor('float32', values, [values.length / shape.reduce((a, b) => a * b), ...shape]);
  const encode = async (images) => (await encoder.run({ images: tensor(images, [${height}, ${width}, ${channels}]) })).mean.data;
  const decode = async (latents) => (await decoder.run({ latents: tensor(latents, [${latentDim}]) })).images.data;
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

  const p = await decode(Float32Array.from({ length: 64 * ${latentDim} }, normal));
  const context = document.getElementById('sheet').getContext('2d');
  for (let i = 0; i < 64 * ${height * width}; i++) {
    const [image, inside] = [Math.floor(i / ${height * width}), i % ${height * width}];
    context.fillStyle = 'rgb(' + ${pixel}.map((value) => Math.round(255 * value)).join() + ')';
    context.fillRect((image % 8) * ${width} + (inside % ${width}), Math.floor(image / 8) * ${height} + Math.floor(inside / ${width}), 1, 1);
  }
  Object.assign(window, { encode, decode });
</script>
`;
}
