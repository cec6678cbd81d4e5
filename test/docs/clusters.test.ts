/** What docs/clusters.md has for other programs: read as they read it, by none of them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { launchFile } from '../../src/render/run/launch-file.ts';
import { fencedBlocks, ROOT } from './markdown.ts';

const text = readFileSync(path.join(ROOT, 'docs/clusters.md'), 'utf8');
const blocks = (language: string): string[] =>
  fencedBlocks(text).flatMap((block) => (block.language === language ? [block.text] : []));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

it('its manifests are YAML, and what they name is there', () => {
  const documents = blocks('yml').flatMap((block) => parseAllDocuments(block));
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  const manifests = documents.map((document) => document.toJS() as Manifest);
  expect(manifests.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
    ['v1', 'Service', 'vae-sweep-redis'],
    ['apps/v1', 'Deployment', 'vae-sweep-redis'],
    ['batch/v1', 'Job', 'beta'],
  ]);
  // The secret that is made there is the one that agents ask for.
  const agents = launchFile('kubernetes', { flags: [], version: '', command: [], isGpu: false, isFinite: true });
  const secrets = [...`${agents}${text}`.matchAll(/secretKeyRef: \{ name: ([\w-]+), key: (\w+) \}/g)];
  expect(new Set(secrets.map(([, name, key]) => `${name}/${key}`))).toEqual(new Set(['vae-sweep-redis/password']));
  expect(text).toContain('kubectl create secret generic vae-sweep-redis --from-file=password=');
});

it('its job script is one that a shell takes, and becomes the command', () => {
  const script = blocks('sh').find((block) => block.startsWith('#!/bin/bash'))!;
  expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
  expect(script).toMatch(/^#SBATCH --signal=B:TERM@\d+\b/m);
  expect(script).toMatch(/^exec sweep run .* --together /m);
});
