import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import { clientChannel } from './channel.ts';

export interface Exchange {
  readonly method?: 'GET' | 'HEAD' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  /** Its length is in the headers. */
  readonly body?: AsyncIterable<Uint8Array> | undefined;
  /** That both sides know. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The other side does not know the secret, or is none of ours. */
export class NoChannel extends Error {}

/** Resolves with the head of the answer, also where that comes before all of the body is sent. Follows no redirect. */
export function exchange(url: string, asking: Exchange): Promise<IncomingMessage> {
  const { method = 'GET', headers, body, token, signal } = asking;
  const agent = connectionsOf(token);
  return new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(url, { method, headers, agent, signal });
    let isSecure = false;
    asked.once('socket', (socket: TLSSocket) => {
      // Undefined until the handshake is done; a connection that is used again has had its own.
      if (asked.reusedSocket) isSecure = true;
      else socket.once('secureConnect', () => (isSecure = true));
    });
    asked.once('response', (response) => {
      resolve(response);
      // The rest of a body that nobody wants is not sent.
      if (!asked.writableFinished) asked.destroy();
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed it, idle for long, as it was taken for this.
      if (asked.reusedSocket && error.code === 'ECONNRESET' && body === undefined) resolve(exchange(url, asking));
      reject(isSecure || !isOfHandshake(error) ? error : new NoChannel(error.message, { cause: error }));
    });
    if (body === undefined) asked.end();
    // What goes wrong is told by the request, too, which is destroyed with it.
    else pipeline(body, asked).catch(reject);
  });
}

/** And not of the network. */
function isOfHandshake({ code = '', message }: NodeJS.ErrnoException): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || /certificate/.test(message);
}

/** More than an agent works for at a time. */
const MOST_RUNS = 64;
const connections = new Map<string, Agent>();

/** Of all clients of a run: a new one would cost a handshake, and keep its connections open for a while. */
function connectionsOf(token: string): Agent {
  let agent = connections.get(token);
  if (agent === undefined) {
    agent = new Agent({ ...clientChannel(token), keepAlive: true });
    connections.set(token, agent);
    const [oldest] = connections.keys();
    if (connections.size > MOST_RUNS) connections.delete(oldest!);
  }
  return agent;
}
