import { imageSize, type ModelShape } from '../model/architecture.ts';
import { plain, printableJson } from '../text/printable.ts';
import { sampleShape, samplesOf } from './sample-shape.ts';

/** A page that draws from the prior by the exported decoder; under a label that one picks, where it is told one. */
export function loadHtml(
  { trial, labels }: Record<string, string>,
  shape: ModelShape,
  columns?: readonly string[],
): string {
  const { height, width, channels, latentDim, classes } = shape;
  const samples = samplesOf(shape);
  const sizes = sampleShape(shape);
  const size = imageSize(shape);
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
${names === undefined ? '' : '<p><label>label <select id="label"></select></label></p>\n'}${shape.isReal ? tableOf(columns, size) : `<canvas id="sheet" width="${8 * width}" height="${8 * height}" style="width: 512px; image-rendering: pixelated"></canvas>`}
<script type="module">
  import * as ort from './node_modules/onnxruntime-web/dist/ort.wasm.min.mjs';
  ort.env.wasm.numThreads = 1;
  const [encoder, decoder] = await Promise.all(['encoder', 'decoder'].map((name) => ort.InferenceSession.create(name + '.onnx')));
  // ${samples}: ${sizes.join(' x ')} numbers each, ${shape.isReal ? 'in the units of their columns, a Float64Array' : 'from 0 (black) to 1'}; latents: ${latentDim} each.
  const tensor = (values, shape) => new ort.Tensor(values instanceof Float64Array ? 'float64' : 'float32', values, [values.length / shape.reduce((a, b) => a * b), ...shape]);
${names === undefined ? '' : oneHotScript(classes!)}  const encode = async (${samples}${given}) => (await encoder.run({ ${samples}: tensor(${samples}, [${sizes.join(', ')}])${fed(`${samples}.length / ${size}`)} })).mean.data;
  const decode = async (latents${given}) => (await decoder.run({ latents: tensor(latents, [${latentDim}])${fed(`latents.length / ${latentDim}`)} })).${samples}.data;
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

${names === undefined ? drawing('', latentDim, '  ') : pickedDrawing(names, latentDim)}${(shape.isReal ? filling(size) : painting(pixel, height, width)).map((line) => `${names === undefined ? '  ' : '    '}${line}\n`).join('')}${names === undefined ? '' : PICKED}  Object.assign(window, { encode, decode });
</script>
`;
}

function drawing(given: string, latentDim: number, indent: string): string {
  return `${indent}const p = await decode(Float32Array.from({ length: 64 * ${latentDim} }, normal)${given});
`;
}

function painting(pixel: string, height: number, width: number): string[] {
  return [
    "const context = document.getElementById('sheet').getContext('2d');",
    `for (let i = 0; i < 64 * ${height * width}; i++) {`,
    `  const [image, inside] = [Math.floor(i / ${height * width}), i % ${height * width}];`,
    `  context.fillStyle = 'rgb(' + ${pixel}.map((value) => Math.round(255 * value)).join() + ')';`,
    `  context.fillRect((image % 8) * ${width} + (inside % ${width}), Math.floor(image / 8) * ${height} + Math.floor(inside / ${width}), 1, 1);`,
    '}',
  ];
}

/** Of 64 rows, each a line. */
function filling(size: number): string[] {
  return [
    "const body = document.getElementById('rows');",
    'body.replaceChildren();',
    'for (let row = 0; row < 64; row++) {',
    '  const line = body.insertRow();',
    `  for (const value of p.slice(row * ${size}, (row + 1) * ${size})) line.insertCell().textContent = value.toPrecision(6);`,
    '}',
  ];
}

function tableOf(columns: readonly string[] | undefined, size: number): string {
  const names = columns ?? Array.from({ length: size }, (_, column) => String(column));
  const cells = names
    .map((name) => `<th>${plain(name).replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)}`)
    .join('');
  return `<table><thead><tr>${cells}</thead><tbody id="rows"></tbody></table>`;
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
