/** A real TCP proxy that does something to a connection at one of its bytes. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type Direction = 'up' | 'down';

/** `end`: both sides still get what was passed; `reset`: as where a machine is gone; `stall`: nothing passes any more. */
export type Then = 'end' | 'reset' | 'stall' | 'go on';

export interface Interference {
  readonly direction: Direction;
  /** So many bytes have been passed since the connection began, or its last interference. */
  readonly at: number;
  readonly then: Then;
  /** Meanwhile nothing is passed. */
  readonly act?: () => void | Promise<void>;
  /** Changes the byte that comes next. */
  readonly flip?: true;
}

export interface Proxy {
  readonly url: string;
  /** Bytes, of all connections. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** The first of them, up to a megabyte. */
  readonly heard: Readonly<Record<Direction, Buffer>>;
  /** Interferences that have happened. */
  readonly happened: number;
}

/**
 * Until the running test ends. They happen in turn, each on the first connection on which so many bytes pass.
 */
export async function startProxy(port: number, interferences: readonly Interference[]): Promise<Proxy> {
  const waiting = [...interferences];
  const passed = { up: 0, down: 0 };
  const heard = { up: Buffer.alloc(0), down: Buffer.alloc(0) };
  const open = new Set<Socket>();
  let happened = 0;

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [near, far]) {
      open.add(socket);
      // What the other side of a broken connection says.
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    const pass = async (direction: Direction, from: Socket, to: Socket): Promise<void> => {
      let count = 0;
      const write = async (bytes: Buffer): Promise<void> => {
        count += bytes.length;
        if (passed[direction] < 2 ** 20) heard[direction] = Buffer.concat([heard[direction], bytes]);
        passed[direction] += bytes.length;
        // Called also where the other side is gone.
        await new Promise((resolve) => to.write(bytes, resolve));
      };
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        const [next] = waiting;
        const before = next?.direction === direction ? next.at - count : Infinity;
        if (next === undefined || before > chunk.length) {
          await write(chunk);
          continue;
        }
        waiting.shift();
        await write(chunk.subarray(0, before));
        count = 0;
        await next.act?.();
        happened++;
        if (next.then === 'stall') return;
        if (next.then === 'reset') {
          for (const socket of [near, far]) socket.resetAndDestroy();
          return;
        }
        if (next.then === 'end') {
          to.end();
          from.destroy();
          return;
        }
        const rest = Buffer.from(chunk.subarray(before));
        if (next.flip === true) rest[0]! ^= 1;
        await write(rest);
      }
      to.end();
    };
    pass('up', near, far).catch(() => far.destroy());
    pass('down', far, near).catch(() => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    heard,
    get happened() {
      return happened;
    },
  };
}
