/**
 * Exported models where there is no vae-sweep, against `check.npz`, what the engine computed: load.py in Python, and
 * load.html in a browser. `npm run test:onnx`. Needs numpy and onnxruntime in BENCH_PYTHON (by default python3), and for the
 * page Chromium and the folder of onnxruntime-web, named by ORT_WEB (139 MB, so it is no dependency).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readEntry, zipEntries } from '../../src/data/own/numpy/zip.ts';
import { differenceOf } from '../../src/trained/export-onnx.ts';
import { PEER_PYTHON } from '../bench/peer-process.ts';
import { HAS_BROWSER, launchBrowser } from '../page/chromium.ts';
import { note } from './checks.ts';

const BIN = new URL('../../src/cli/bin.js', import.meta.url).pathname;
const SPEC = `name: elsewhere
dataset: { name: sprites-mini, train: 512, validation: 128 }
parameters: { architecture: [mlp, conv], condition: [none, label], latent_dim: 4, activation: elu }
train: { epochs: 2, batch_size: 64 }
`;
/** Rows in their own units, one column of which float32 can't tell apart, and counts. */
const TABLES: Readonly<Record<string, string>> = {
  table:
    'dataset: ./table.csv\nparameters: { likelihood: gaussian_learned, condition: [none, label], hidden: [8], latent_dim: 2 }',
  counts:
    'dataset: { path: ./counts.csv, values: counts }\nparameters: { likelihood: negative_binomial, hidden: [8], latent_dim: 2 }',
};
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const { ORT_WEB } = process.env;

interface Exported {
  trial: string;
  params: { architecture: string; condition?: string };
}

const folder = mkdtempSync(path.join(tmpdir(), 'sweep-onnx-'));
let failures = 0;
let shown = 0;
try {
  const results = ['--results', path.join(folder, 'results')];
  const sweep = (...args: string[]): string =>
    execFileSync(process.execPath, [BIN, ...args, ...results], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  writeFileSync(path.join(folder, 'spec.yaml'), SPEC);
  sweep('run', path.join(folder, 'spec.yaml'), '--device', 'cpu', '--quiet');
  const lines = (line: (row: number) => unknown[]): string =>
    Array.from({ length: 100 }, (_, row) => line(row)).join('\n');
  const measured = lines((row) => [1.7e9 + (row % 17), 1e-6 * ((row * 7) % 13), row % 5, 'ab'[row % 2]]);
  writeFileSync(path.join(folder, 'table.csv'), `time,share,depth,label\n${measured}`);
  writeFileSync(
    path.join(folder, 'counts.csv'),
    lines((row) => [row % 17, (row * 7) % 13, row % 5]),
  );
  for (const [name, of] of Object.entries(TABLES)) {
    const spec = path.join(folder, `${name}.yaml`);
    writeFileSync(spec, `name: ${name}\n${of}\ntrain: { epochs: 2, batch_size: 16 }\n`);
    sweep('run', spec, '--device', 'cpu', '--quiet');
  }
  const trials = ['elsewhere', ...Object.keys(TABLES)].flatMap((of) =>
    (JSON.parse(sweep('export', of, '--format', 'json')) as Exported[]).map((one) => ({ ...one, of })),
  );
  for (const { trial, params, of } of trials) {
    const kind = of === 'elsewhere' ? params.architecture : of;
    const name = (params.condition ?? 'none') === 'none' ? kind : `${kind} told labels`;
    const model = path.join(folder, name);
    sweep('export', trial, '--format', 'onnx', '-o', model);
    inPython(name, model);
    await inBrowser(name, model);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 || shown === 0 ? 1 : 0;

function told(what: string, difference: number | string, isRight: boolean): void {
  note(`${isRight ? '✓' : '✗'} ${what}: ${difference}`);
  shown++;
  if (!isRight) failures++;
}

function inPython(name: string, model: string): void {
  if (spawnSync(PEER_PYTHON, ['-c', 'import numpy, onnxruntime']).status !== 0) {
    note(`skipped: load.py of ${name}, no numpy and onnxruntime in ${PEER_PYTHON}`);
    return;
  }
  const { status, stdout, stderr } = spawnSync(PEER_PYTHON, [path.join(model, 'load.py')], { encoding: 'utf8' });
  told(`load.py of ${name}`, (stdout || stderr).trim().replaceAll('\n', '; '), status === 0);
}

async function inBrowser(name: string, model: string): Promise<void> {
  if (!HAS_BROWSER || ORT_WEB === undefined) {
    note(`skipped: load.html of ${name}, ${HAS_BROWSER ? 'ORT_WEB names no onnxruntime-web' : 'no Chromium'}`);
    return;
  }
  mkdirSync(path.join(model, 'node_modules'));
  symlinkSync(path.resolve(ORT_WEB), path.join(model, 'node_modules', 'onnxruntime-web'));
  const server = createServer((request, response) => {
    const file = path.join(model, new URL(request.url!, 'http://localhost').pathname);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/load.html`);
    await page.waitForFunction('window.decode !== undefined');
    const check = await arraysOf(path.join(model, 'check.npz'));
    for (const [given, call, expected] of [
      ['latents', 'decode', 'decoded'],
      ['rows' in check ? 'rows' : 'images', 'encode', 'mean'],
    ] as const) {
      const inputs = [given, ...('condition' in check ? ['condition'] : [])];
      const values = inputs.map((input) => {
        const array = check[input]!;
        return `${array.constructor.name}.from(${JSON.stringify([...array])})`;
      });
      const found = await page.evaluate<number[]>(`${call}(${values.join()}).then((data) => [...data])`);
      const isInUnits = expected === 'decoded' && check['columns.std'] !== undefined;
      const units = isInUnits
        ? { means: check['columns.mean'] as Float64Array, stds: check['columns.std'] as Float64Array }
        : undefined;
      const difference = differenceOf(Float64Array.from(found), check[expected]!, units);
      const isRight = found.length === check[expected]!.length && difference <= 1e-5;
      told(`load.html of ${name}, ${call}, largest difference`, difference.toExponential(1), isRight);
    }
    if (process.env['SHOT'] !== undefined) await page.screenshot({ path: process.env['SHOT'] });
  } finally {
    await browser.close();
    server.close();
  }
}

/** Floats, and images of bytes from 0 to 1. */
async function arraysOf(file: string): Promise<Record<string, Float32Array | Float64Array>> {
  const arrays: Record<string, Float32Array | Float64Array> = {};
  for (const entry of await zipEntries(file)) {
    const chunks = [];
    for await (const chunk of readEntry(file, entry)) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const data = Uint8Array.from(bytes.subarray(10 + bytes.readUInt16LE(8)));
    const isBytes = bytes.toString('latin1', 0, 80).includes("'|u1'");
    arrays[entry.name.replace('.npy', '')] = isBytes
      ? Float32Array.from(data, (byte) => byte / 255)
      : bytes.toString('latin1', 0, 80).includes("'<f8'")
        ? new Float64Array(data.buffer)
        : new Float32Array(data.buffer);
  }
  return arrays;
}
