/** Requests as no client of ours would make them. */
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { expect } from 'vitest';
import { clientChannel } from '../../src/transfer/channel.ts';
import { PATIENTLY, sha256, TOKEN } from './support.ts';

interface Asking {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** As no client of ours would ask. */
export async function ask(url: string, { body, ...options }: Asking) {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, path: '/', ...options, ...clientChannel(TOKEN), agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

export function connect(port: number): TLSSocket {
  return connectSecurely({ host: '127.0.0.1', port, ...clientChannel(TOKEN) });
}

/** Sends these bytes and returns what is answered before the connection closes, or is kept for another request. */
export async function send(url: string, bytes: Uint8Array | string): Promise<string> {
  const socket = connect(Number(new URL(url).port));
  let answer = '';
  await new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', resolve);
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (answer.includes('\r\n\r\n') && !/^Connection: close/im.test(answer)) resolve(undefined);
    });
    socket.write(bytes);
  });
  socket.destroy();
  return answer;
}

/** Sends these bytes, and hangs up once this file holds so many of them. */
export async function sendAndLeave(url: string, bytes: string, file: string, arrived: number): Promise<void> {
  const socket = connect(Number(new URL(url).port));
  socket.write(bytes);
  await expect.poll(() => statSync(file, { throwIfNoEntry: false })?.size, PATIENTLY).toBe(arrived);
  socket.resume().end();
  await once(socket, 'close');
}

export function announcement(content: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    'upload-sha256': sha256(Buffer.from(content)),
    'upload-length': String(content.length),
    'upload-offset': '0',
    'content-length': String(content.length),
    ...more,
  };
}

export const CHECKPOINT = '/trials/e1/checkpoint';
