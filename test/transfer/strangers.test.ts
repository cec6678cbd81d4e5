/** Who does not know the token of a coordinator, or has another. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer as createPlainServer, request as plainRequest } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientChannel, serverChannel } from '../../src/transfer/channel.ts';
import { startProxy } from './interfering-proxy.ts';
import { client, coordinator, randomBytes, TOKEN } from './support.ts';

describe('who does not know the token', () => {
  it('gets no further than the handshake, whatever else it knows', async () => {
    const { url, files, away, inFolder, root } = await coordinator();
    await files.put('weights', [Buffer.from('weights')]);
    const stranger = client(url, { token: 'another' });
    const refused = { name: 'TransferRefused', status: 401, message: expect.stringContaining('token') as string };
    await expect(stranger.getTrialFile('e1', 'weights', away('back'))).rejects.toMatchObject(refused);
    await expect(stranger.putTrialFile('e1', 'checkpoint', away('sent', randomBytes(9)))).rejects.toMatchObject(
      refused,
    );
    expect(stranger.troubles).toEqual([]);
    const { port } = new URL(url);
    const path = '/trials/e1/weights';
    const strangers = [
      request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }),
      plainRequest({ host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${TOKEN}` }, agent: false }),
    ];
    for (const asked of strangers) {
      asked.end();
      await expect(once(asked, 'response')).rejects.toThrow();
    }
    expect(inFolder()).toEqual(['weights.safetensors']);
    expect(readdirSync(root).sort()).toEqual(['away', 'results']);
  });

  it('is given nothing by an agent, not even with a certificate that the agent trusts', async () => {
    const certificate = readFileSync(new URL('fixtures/certificate.pem', import.meta.url));
    const impostors = [
      createServer({ ...serverChannel('another') }),
      createServer({ cert: certificate, key: readFileSync(new URL('fixtures/key.pem', import.meta.url)) }),
      createPlainServer(),
    ];
    for (const impostor of impostors) {
      const asked: string[] = [];
      impostor.on('request', (request, response) => {
        asked.push(request.url!);
        response.end();
      });
      impostor.listen(0, '127.0.0.1');
      await once(impostor, 'listening');
      onTestFinished(() => void impostor.close());
      const { away } = await coordinator();
      const { port } = impostor.address() as AddressInfo;
      const agent = client(`https://127.0.0.1:${port}`);
      const sent = agent.putTrialFile('e1', 'checkpoint', away('sent', randomBytes(9)));
      await expect(sent).rejects.toMatchObject({ name: 'TransferRefused', status: 401 });
      const trusting = request({ host: '127.0.0.1', port, ...clientChannel(TOKEN), ca: certificate, agent: false });
      trusting.end();
      await expect(once(trusting, 'response')).rejects.toThrow();
      expect(asked).toEqual([]);
    }
  });

  it('reads nothing of what passes', async () => {
    const { server, files, away } = await coordinator();
    const content = Buffer.from('what is in the weights '.repeat(1000));
    await files.put('weights', [content]);
    const proxy = await startProxy(server.port, []);
    const agent = client(proxy.url);
    await agent.getTrialFile('e1', 'weights', away('back'));
    await agent.putTrialFile('e1', 'checkpoint', away('back'));
    expect(readFileSync(files.path('checkpoint'))).toEqual(content);
    for (const direction of ['up', 'down'] as const) {
      expect(proxy.heard[direction].length).toBeGreaterThan(content.length);
      expect(proxy.heard[direction].toString('latin1')).not.toMatch(/weights|checkpoint|HTTP/);
    }
  });
});
