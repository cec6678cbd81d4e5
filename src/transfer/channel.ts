/**
 * TLS 1.3 between two who know the same secret, without any certificate: a pre-shared key (RFC 8446, 2.2) together with a
 * new key exchange for each connection. So each side proves to the other that it knows the secret, and who only listens
 * reads nothing, even if the secret becomes known later.
 */
import { hkdfSync } from 'node:crypto';
import type { AgentOptions, ServerOptions } from 'node:https';

const IDENTITY = 'vae-sweep';
/** OpenSSL has pre-shared keys given like this for the hash of this suite alone. */
const TLS = { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' } as const;

/** Who has another secret, or none, gets no further than the handshake. */
export function serverChannel(secret: string): ServerOptions {
  const key = keyOf(secret);
  return { ...TLS, pskCallback: (_socket, identity) => (identity === IDENTITY ? key : null) };
}

export function clientChannel(secret: string): AgentOptions {
  const psk = keyOf(secret);
  return {
    ...TLS,
    pskCallback: () => ({ psk, identity: IDENTITY }),
    // Asked only of who shows a certificate instead of knowing the secret, whoever signed it.
    checkServerIdentity: () => new Error('it shows a certificate, and does not know the token'),
    rejectUnauthorized: true,
  };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'vae-sweep files', 32));
}
