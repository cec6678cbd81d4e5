import { lookup } from 'node:dns/promises';
import os from 'node:os';

/** Where other machines reach this one: what its name stands for, else its first address in a network, else itself alone. */
export async function ownAddress(): Promise<string> {
  try {
    const { address } = await lookup(os.hostname());
    // Debian gives a machine's own name an address that leads nowhere else.
    if (!/^(127\.|::1$)/.test(address)) return address;
  } catch {
    // Its name stands for nothing.
  }
  const found = Object.values(os.networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal, scopeid }) => !internal && !scopeid),
  );
  return (found.find(({ family }) => family === 'IPv4') ?? found[0])?.address ?? '127.0.0.1';
}
