import type { ModelShape } from '../model/architecture.ts';
import { printableJson } from '../text/printable.ts';

/** A page that draws from the prior by the exported decoder; under a label that one picks, where it is told one. */
export function loadHtml(
  { trial, labels }: Record<string, string>,
  { height, width, channels, latentDim, classes }: ModelShape,
): string {
  const names = labels === undefined ? undefined : (JSON.parse(labels) as string[]);
  const pixel =
    channels === 3
      ? '[p[3 * i], p[3 * i + 1], p[3 * i + 2]]'
      : `Array(3).fill(p[${channels === 1 ? 'i' : `${channels} * i`}])`;
  const given = names === undefined ? '' : ', condition';
  const fed = (count: string): string => (names === undefined ? '' : `, condition: told(condition, ${count})`);
  return `<!doctype html>
<meta charset="utf-8">
<title>Trial ${trial}</title>
<!-- In this folder: npm install onnxruntime-web; then serve it, e.g. by python3 -m http.server, and open load.html there. -->
<h1>Drawn by trial ${trial}</h1>
${names === undefined ? '' : '<p><label>label <select id="label"></select></label></p>\n'}<canvas id="sheet" width="${8 * width}" height="${8 * height}" style="width: 512px; image-rendering: pixelated"></canvas>
<script type="module">
  import * as ort from './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs';
  ort.env.wasm.numThreads = 1;
  const [encoder, decoder] = await Promise.all(['encoder', 'decoder'].map((name) => ort.InferenceSession.create(name + '.onnx')));
  // images: ${height} x ${width} x ${channels} numbers each, from 0 (black) to 1; latents: ${latentDim} each.
  const tensor = (values, shape) => new ort.Tensor('float32', values, [values.length / shape.reduce((a, b) => a * b), ...shape]);
${names === undefined ? '' : oneHotScript(classes!)}  const encode = async (images${given}) => (await encoder.run({ images: tensor(images, [${height}, ${width}, ${channels}])${fed(`images.length / ${height * width * channels}`)} })).mean.data;
  const decode = async (latents${given}) => (await decoder.run({ latents: tensor(latents, [${latentDim}])${fed(`latents.length / ${latentDim}`)} })).images.data;
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

${names === undefined ? drawing('', latentDim, '  ') : pickedDrawing(names, latentDim)}${painting(pixel, height, width, names === undefined ? '  ' : '    ')}${names === undefined ? '' : PICKED}  Object.assign(window, { encode, decode });
</script>
`;
}

function drawing(given: string, latentDim: number, indent: string): string {
  return `${indent}const p = await decode(Float32Array.from({ length: 64 * ${latentDim} }, normal)${given});
`;
}

function painting(pixel: string, height: number, width: number, indent: string): string {
  return [
    "const context = document.getElementById('sheet').getContext('2d');",
    `for (let i = 0; i < 64 * ${height * width}; i++) {`,
    `  const [image, inside] = [Math.floor(i / ${height * width}), i % ${height * width}];`,
    `  context.fillStyle = 'rgb(' + ${pixel}.map((value) => Math.round(255 * value)).join() + ')';`,
    `  context.fillRect((image % 8) * ${width} + (inside % ${width}), Math.floor(image / 8) * ${height} + Math.floor(inside / ${width}), 1, 1);`,
    '}',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');
}

function oneHotScript(classes: number): string {
  return `  // condition: the place of a label among the ${classes}, for all; or ${classes} numbers each.
  const told = (condition, count) => tensor(typeof condition === 'number'
    ? Float32Array.from({ length: count * ${classes} }, (_, i) => Number(i % ${classes} === condition)) : condition, [${classes}]);
`;
}

function pickedDrawing(names: readonly string[], latentDim: number): string {
  const json = printableJson(JSON.stringify(names)).replaceAll('<', '\\u003c');
  return `  const picked = document.getElementById('label');
  ${json}.forEach((name, place) => picked.add(new Option(name, place)));
  const draw = async () => {
${drawing(', Number(picked.value)', latentDim, '    ')}`;
}

const PICKED = `  };
  picked.onchange = draw;
  await draw();
`;
