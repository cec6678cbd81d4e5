/** Manifests against the schema of the Kubernetes API, as `kubernetes-models` has it; no cluster was asked. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { Service } from 'kubernetes-models/v1';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { launchFile, type LaunchedAgent } from '../../src/render/run/launch-file.ts';

const KINDS = {
  Deployment: { model: Deployment, place: 'kubernetes-models/apps/v1' },
  Job: { model: Job, place: 'kubernetes-models/batch/v1' },
  Service: { model: Service, place: 'kubernetes-models/v1' },
} as const;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: keyof typeof KINDS;
}

const agent: LaunchedAgent = {
  flags: ['--redis', 'redis://redis:6379', '--data', '/a "b" \\c: #'],
  version: '1.2.3',
  command: ['node', 'bin.js'],
  slots: 8,
  isGpu: true,
  isFinite: false,
};

function manifestsIn(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
}

/** Of types and of what must be there. */
function complaintOf(manifest: Manifest): string | undefined {
  try {
    new KINDS[manifest.kind].model(manifest as never).validate();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Of names too, which the API would drop without a word: the models' types know all that there are. */
function typeErrors(manifests: readonly Manifest[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'manifests-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Where the types are. In the checkout itself it would be in the way of whoever copies that meanwhile.
  symlinkSync(path.resolve(import.meta.dirname, '../../node_modules'), path.join(folder, 'node_modules'));
  const file = path.join(folder, 'manifests.ts');
  const lines = manifests.map((one, i) => {
    const { place } = KINDS[one.kind];
    return `export const m${i}: import('${place}').I${one.kind} = ${JSON.stringify(one)};\n`;
  });
  writeFileSync(file, lines.join(''));
  const { NodeNext: module } = ts.ModuleKind;
  const program = ts.createProgram([file], {
    ...{ module, strict: true, noEmit: true, types: [], skipLibCheck: true, lib: ['lib.es5.d.ts'] },
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const guide = readFileSync(new URL('../../docs/clusters.md', import.meta.url), 'utf8');
const written = [...guide.matchAll(/^```yml\n(.*?)^```/gms)].flatMap(([, yaml]) => manifestsIn(yaml!));
const printed = [true, false].flatMap((isFinite) => manifestsIn(launchFile('kubernetes', { ...agent, isFinite })));

test('all that is printed, and all of the guide, is what the API takes', () => {
  const good = [...printed, ...written];
  expect(good.map(({ kind }) => kind)).toEqual(['Job', 'Deployment', 'Service', 'Deployment', 'Job']);
  expect(good.map(complaintOf)).toEqual(good.map(() => undefined));

  // And which it doesn't take: what is of another type, missing, or misspelt.
  const deployment = launchFile('kubernetes', agent);
  const changed = (from: string, to: string): Manifest => {
    expect(deployment).toContain(from);
    return manifestsIn(deployment.replace(from, to))[0]!;
  };
  expect(complaintOf(changed('replicas: 4', 'replicas: four'))).toContain('replicas must be integer');
  expect(complaintOf(changed('selector:', 'selectors:'))).toContain('required property selector');
  const misspelt = [changed('image:', 'imag:'), changed('secretKeyRef: { name', 'secretKeyRef: { names')];
  expect(typeErrors([...good, ...misspelt])).toEqual([
    expect.stringMatching(/imag.* does not exist in type 'IContainer'/),
    expect.stringMatching(/names.* does not exist in type 'ISecretKeySelector'/),
  ]);
});
