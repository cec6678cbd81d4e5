import type { IncomingMessage } from 'node:http';

export interface RequestRefusal {
  readonly status: 403 | 405 | 421;
  readonly reason: string;
}

/**
 * Who may ask: a browser (or program) of this machine, for this server, to read. A page of another site can make a browser
 * ask here, too, under a name of its own that leads to 127.0.0.1; its name, or its origin, gives it away.
 */
export function refusalOf(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  port: number,
): RequestRefusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host.toLowerCase())) return { status: 421, reason: 'not the name of this server' };
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return { status: 403, reason: 'asked by a page of another origin' };
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && headers['sec-fetch-mode'] !== 'navigate') {
    return { status: 403, reason: 'asked by a page of another site' };
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'this server is for reading' };
  return null;
}
