import { createCipheriv, createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { TransferClient, type TransferClientOptions } from '../../src/transfer/transfer-client.ts';
import { startTransferServer, type OpenFiles, type TransferServerOptions } from '../../src/transfer/transfer-server.ts';

export const TOKEN = 'a token of this test';

export const MB = 2 ** 20;

/** For `expect.poll`, which gives up after a second by itself. */
export const PATIENTLY = { timeout: 200_000 };

/** A coordinator with one trial, which the execution `e1` trains, and an agent's folder, until the running test ends. */
export async function coordinator(options: Partial<TransferServerOptions> = {}) {
  const root = mkdtempSync(path.join(tmpdir(), 'vae-sweep-transfer-'));
  const files = new TrialFiles(path.join(root, 'results/sweep/trial'));
  files.prepare();
  const away = path.join(root, 'away');
  new TrialFiles(away).prepare();
  const open = new Map<string, OpenFiles>([
    ['e1', { files, reads: ['checkpoint', 'weights'], writes: ['checkpoint', 'samples'] }],
  ]);
  const troubles: unknown[] = [];
  const server = await startTransferServer({
    token: TOKEN,
    filesOf: (execution) => open.get(execution),
    dataFile: (dataset, role) => (dataset === 'digits' && role === 'images' ? path.join(root, 'digits') : undefined),
    host: '127.0.0.1',
    onTrouble: (error) => troubles.push(error),
    ...options,
  });
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    root,
    files,
    open,
    server,
    /** What the server said of itself. */
    troubles,
    url: `https://127.0.0.1:${server.port}`,
    /** Names in the trial's folder. */
    inFolder: () => readdirSync(files.folder).sort(),
    /** A path in the agent's folder, with a file where there is content. */
    away: (name: string, content?: Uint8Array) => {
      if (content !== undefined) writeFileSync(path.join(away, name), content);
      return path.join(away, name);
    },
    inAway: () => readdirSync(away).sort(),
  };
}

export function client(url: string, options: Partial<TransferClientOptions> = {}) {
  const troubles: string[] = [];
  const made = new TransferClient({
    url,
    token: TOKEN,
    pauseMs: 1,
    onTrouble: (reason) => troubles.push(reason),
    ...options,
  });
  return Object.assign(made, { troubles });
}

/** The same for the same seed. */
export function randomBytes(length: number, seed = 1): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Content that a failed expectation doesn't print. */
export function hashOf(file: string): string {
  return sha256(readFileSync(file));
}
