import { shellWord } from '../../text/shell-word.ts';

export const LAUNCHERS = ['slurm', 'kubernetes', 'systemd'] as const;
export type Launcher = (typeof LAUNCHERS)[number];

/** An agent's command line, and what of it a launcher must know. */
export interface LaunchedAgent {
  /** Of `sweep agent`, without those below. */
  readonly flags: readonly string[];
  readonly version: string;
  /** The running command, by absolute paths. */
  readonly command: readonly string[];
  readonly passwordFile?: string | undefined;
  readonly slots?: number | undefined;
  readonly isGpu: boolean;
  readonly lifetimeMs?: number | undefined;
  /** It ends when there is nothing to do. */
  readonly isFinite: boolean;
}

const DEFAULT_LIFETIME_MS = 4 * 3_600_000;
/** What saving may take before a launcher kills: a chunk of steps, and files on their way. */
const GRACE_S = 120;
const SECRET = 'vae-sweep-redis';

/** A file that starts agents, to be handed to the launcher as it is; what it can't know stands in it as a comment. */
export function launchFile(launcher: Launcher, agent: LaunchedAgent): string {
  switch (launcher) {
    case 'slurm':
      return slurmScript(agent);
    case 'kubernetes':
      return kubernetesManifest(agent);
    case 'systemd':
      return systemdUnit(agent);
  }
}

function slurmScript(agent: LaunchedAgent): string {
  const { flags, passwordFile, slots, isGpu, lifetimeMs = DEFAULT_LIFETIME_MS } = agent;
  const password =
    passwordFile === undefined ? ['# Its password is sent along: export SWEEP_REDIS_PASSWORD before sbatch.'] : [];
  const words = [...flags, ...passwordFlags(passwordFile)].map(shellWord).join(' ');
  // Asked to save before the limit strikes, and a little later by its own clock where the signal is lost.
  const limitS = lifetimeMs / 1000 + GRACE_S;
  return lines(
    '#!/bin/bash',
    '# Agents of vae-sweep: sbatch THIS-FILE. As many as --array says; they come and go as the queue lets them.',
    '#SBATCH --job-name=sweep-agent',
    '#SBATCH --array=1-4',
    '#SBATCH --ntasks=1',
    `#SBATCH --cpus-per-task=${slots ?? 4}`,
    isGpu ? '#SBATCH --gpus-per-task=1' : '##SBATCH --gpus-per-task=1',
    `#SBATCH --time=${slurmTime(limitS)}`,
    `#SBATCH --signal=B:TERM@${GRACE_S}`,
    '#SBATCH --requeue',
    '#SBATCH --output=sweep-agent-%A_%a.log',
    '#SBATCH --open-mode=append',
    '##SBATCH --partition=…',
    ...password,
    '# exec: so that the signal is the agent’s, which saves; what it has goes on elsewhere.',
    `exec sweep agent ${words}`,
  );
}

function kubernetesManifest(agent: LaunchedAgent): string {
  const { flags, version, slots, isGpu, isFinite } = agent;
  const resources = [
    `cpu: '${slots ?? 4}'`,
    'memory: 4Gi',
    // As strings, since YAML would take them for numbers.
    ...(isGpu ? [`nvidia.com/gpu: '1'`] : []),
  ];
  const template = [
    'template:',
    '  metadata:',
    '    labels: { app: sweep-agent }',
    '  spec:',
    ...(isFinite ? ['    restartPolicy: Never'] : []),
    `    terminationGracePeriodSeconds: ${GRACE_S}`,
    '    containers:',
    '      - name: agent',
    `        image: registry.example.org/vae-sweep:${version}`,
    `        command: ${JSON.stringify(['sweep', 'agent', ...flags])}`,
    '        env:',
    '          - name: SWEEP_REDIS_PASSWORD',
    '            valueFrom:',
    `              secretKeyRef: { name: ${SECRET}, key: password }`,
    '        resources:',
    '          limits:',
    ...resources.map((line) => `            ${line}`),
    '        volumeMounts:',
    '          - { name: tmp, mountPath: /tmp }',
    '    volumes:',
    '      - name: tmp',
    '        emptyDir: {}',
  ];
  const head = [
    '# Agents of vae-sweep: kubectl apply -f THIS-FILE, after',
    `#   kubectl create secret generic ${SECRET} --from-file=password=FILE`,
  ];
  const kind = isFinite
    ? [
        'apiVersion: batch/v1',
        'kind: Job',
        'metadata:',
        '  name: sweep-agent',
        'spec:',
        '  parallelism: 4',
        '  backoffLimit: 20',
        '  podFailurePolicy:',
        '    rules:',
        '      # A wrong configuration does not get better.',
        '      - action: FailJob',
        '        onExitCodes: { containerName: agent, operator: In, values: [64] }',
        '      - action: Ignore',
        '        onPodConditions: [{ type: DisruptionTarget, status: "True" }]',
      ]
    : [
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata:',
        '  name: sweep-agent',
        'spec:',
        '  replicas: 4',
        '  selector:',
        '    matchLabels: { app: sweep-agent }',
      ];
  return lines(...head, ...kind, ...template.map((line) => `  ${line}`));
}

function systemdUnit({ flags, command, passwordFile }: LaunchedAgent): string {
  const words = [...command, 'agent', ...flags, ...passwordFlags(passwordFile)].map(systemdWord).join(' ');
  return lines(
    '# An agent of vae-sweep: to /etc/systemd/system/sweep-agent.service, then systemctl enable --now sweep-agent',
    '[Unit]',
    'Description=vae-sweep agent',
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    `ExecStart=${words}`,
    ...(passwordFile === undefined
      ? ['# SWEEP_REDIS_PASSWORD=…, readable by root alone', 'EnvironmentFile=/etc/sweep-agent.env']
      : []),
    '# A user of this machine who may use its devices',
    '#User=…',
    'PrivateTmp=yes',
    'KillMode=mixed',
    `TimeoutStopSec=${GRACE_S}`,
    'Restart=on-failure',
    'RestartSec=10',
    '# A wrong configuration does not get better.',
    'RestartPreventExitStatus=64',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  );
}

function passwordFlags(file: string | undefined): string[] {
  return file === undefined ? [] : ['--redis-password-file', file];
}

/** Systemd expands percent signs and dollars, and splits words much as a shell does. */
function systemdWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./:=@%+,-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** `DAYS-HOURS:MINUTES:SECONDS`. */
function slurmTime(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const time = `${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days}-${time}` : time;
}

function lines(...all: readonly string[]): string {
  return all.join('\n');
}
