import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { launchFile, type LaunchedAgent } from '../../../src/render/run/launch-file.ts';

const agent: LaunchedAgent = {
  flags: ['--redis', 'redis://head:6379'],
  version: '1.2.3',
  command: ['/opt/node', '/opt/vae sweep/bin.js'],
  isGpu: false,
  isFinite: false,
};

describe('slurm', () => {
  const script = launchFile('slurm', {
    ...agent,
    flags: [...agent.flags, '--data', "/da'ta"],
    passwordFile: '/home/me/redis password',
    slots: 2,
    lifetimeMs: 26 * 3_600_000,
  });

  test('is a script that a shell takes, and becomes the agent, so that signals reach it', () => {
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
    const words = spawnSync('bash', { input: script.replace('exec sweep', `printf '%s\\n'`), encoding: 'utf8' }).stdout;
    expect(words.trim().split('\n')).toEqual([
      ...['agent', '--redis', 'redis://head:6379', '--data', "/da'ta"],
      ...['--redis-password-file', '/home/me/redis password'],
    ]);
  });

  test('asks for what the agent takes, and is told in time to save', () => {
    const asked = [...script.matchAll(/^#SBATCH (.*)$/gm)].map(([, flag]) => flag);
    expect(asked).toEqual(
      expect.arrayContaining([
        '--cpus-per-task=2',
        '--time=1-02:02:00',
        '--signal=B:TERM@120',
        '--requeue',
      ]) as string[],
    );
    expect(launchFile('slurm', { ...agent, isGpu: true })).toMatch(/^#SBATCH --gpus-per-task=1$/m);
    expect(script).not.toMatch(/^#SBATCH --gpus/m);
  });
});

/** As the API's schema has it; no cluster was asked. */
describe('kubernetes', () => {
  interface Manifest {
    apiVersion: string;
    kind: string;
    metadata: { name: string };
    spec: {
      replicas?: number;
      parallelism?: number;
      selector?: { matchLabels: Record<string, string> };
      podFailurePolicy?: { rules: { action: string }[] };
      template: { metadata: { labels: Record<string, string> }; spec: Pod };
    };
  }
  interface Pod {
    restartPolicy?: string;
    terminationGracePeriodSeconds: number;
    containers: {
      name: string;
      image: string;
      command: string[];
      env: { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
      resources: { limits: Record<string, string> };
      volumeMounts: { name: string; mountPath: string }[];
    }[];
    volumes: { name: string; emptyDir: object }[];
  }
  const manifestOf = (more: Partial<LaunchedAgent>): Manifest =>
    parse(launchFile('kubernetes', { ...agent, ...more }), { strict: true }) as Manifest;

  test('agents that stay are a deployment, whose selector is its pods’ label', () => {
    const { apiVersion, kind, spec } = manifestOf({});
    expect({ apiVersion, kind, replicas: spec.replicas }).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      replicas: 4,
    });
    expect(spec.selector?.matchLabels).toEqual(spec.template.metadata.labels);
    // A deployment takes no other.
    expect(spec.template.spec.restartPolicy).toBeUndefined();
  });

  test('agents that end are a job, which a wrong configuration ends', () => {
    const { apiVersion, kind, spec } = manifestOf({ isFinite: true });
    expect({ apiVersion, kind, parallelism: spec.parallelism }).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      parallelism: 4,
    });
    expect(spec.template.spec.restartPolicy).toBe('Never');
    expect(spec.podFailurePolicy?.rules).toEqual([
      { action: 'FailJob', onExitCodes: { containerName: 'agent', operator: 'In', values: [64] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ]);
  });

  test.each([false, true])('the container has the command, the secret and what it may take (ends: %s)', (isFinite) => {
    const flags = ['--redis', 'redis://redis:6379', '--data', '/a "b" \\c: #'];
    const { spec } = manifestOf({ isFinite, flags, slots: 8, isGpu: true, passwordFile: '/not/there' });
    const { containers, volumes, terminationGracePeriodSeconds } = spec.template.spec;
    expect(terminationGracePeriodSeconds).toBe(120);
    expect(containers).toEqual([
      {
        name: 'agent',
        image: 'registry.example.org/vae-sweep:1.2.3',
        command: ['sweep', 'agent', ...flags],
        env: [
          {
            name: 'SWEEP_REDIS_PASSWORD',
            valueFrom: { secretKeyRef: { name: 'vae-sweep-redis', key: 'password' } },
          },
        ],
        resources: { limits: { cpu: '8', memory: '4Gi', 'nvidia.com/gpu': '1' } },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ]);
    expect(volumes).toEqual([{ name: 'tmp', emptyDir: {} }]);
  });
});

test('a systemd unit names the program by its path, and does not start again what is wrong', () => {
  const unit = launchFile('systemd', { ...agent, flags: [...agent.flags, '--data', '/100%/$x'] });
  const settings = [...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]);
  expect(settings).toEqual(
    expect.arrayContaining([
      ['ExecStart', '/opt/node "/opt/vae sweep/bin.js" agent --redis redis://head:6379 --data "/100%%/$$x"'],
      ['EnvironmentFile', '/etc/sweep-agent.env'],
      ['RestartPreventExitStatus', '64'],
      ['TimeoutStopSec', '120'],
    ]) as string[][],
  );
  expect(launchFile('systemd', { ...agent, passwordFile: '/etc/pw' })).not.toContain('EnvironmentFile');
});
