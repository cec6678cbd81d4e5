/** What other tools read, read back by none of the code that wrote it, and held to `sweep export --format json`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { parquetReadObjects, parquetSchema, parquetMetadata } from 'hyparquet';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { crc32c } from '../../src/exports/tensorboard/records.ts';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

/** A configuration of two seeds, and one that diverges. */
const SPEC = `name: tiny
dataset: { name: sprites-mini, train: 128, validation: 64 }
parameters:
  learning_rate: [0.001, 10]
  hidden: [8]
  latent_dim: 2
seeds: 2
train: { epochs: 2, batch_size: 64 }
`;

interface Trial {
  trial: string;
  config_id: string;
  seed: number;
  state: string;
  params: Record<string, unknown>;
  metrics: Record<string, number>;
  best_epoch: number | null;
}
interface Metric {
  trial: string;
  epoch: number;
  step: number;
  name: string;
  value: number;
}

let results: string;
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-exports-'));
  results = path.join(folder, 'results');
  const run = await runCli(['run', writeSpec(folder, SPEC), '--device', 'cpu', '--slots', '1', '--results', results]);
  if (run.code !== 3) throw new Error(`two trials should have diverged: ${run.stderr}`);
  return () => rmSync(folder, { recursive: true });
});

async function exported() {
  const folder = temporaryFolder();
  const write = async (name: string, ...args: string[]) => {
    const file = path.join(folder, name);
    const ended = await runCli(['export', ...args, '-o', file, '--results', results]);
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    return file;
  };
  const json = async <Row>(table: string): Promise<Row[]> =>
    JSON.parse(readFileSync(await write(`${table}.json`, '--table', table), 'utf8')) as Row[];
  return { folder, write, trials: await json<Trial>('trials'), metrics: await json<Metric>('metrics') };
}

/** The trials that a study of each program holds, in the order of the plan. */
async function studied(write: (name: string, ...args: string[]) => Promise<string>, ...args: string[]) {
  const db = new Database(await write('o.db', '--format', 'optuna', ...args), { readonly: true });
  onTestFinished(() => void db.close());
  const optuna = db
    .prepare<[], string>(
      `SELECT value_json FROM trial_user_attributes JOIN trials USING (trial_id) WHERE key = 'trial' ORDER BY number`,
    )
    .pluck()
    .all()
    .map((json) => JSON.parse(json) as string);
  const logs = await write('logs', '--format', 'tensorboard', ...args);
  const folders = readdirSync(logs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return { optuna, tensorboard: folders.map(({ name }) => name.replace(/-seed.*/, '')) };
}

it('--where chooses the trials of a study, and those outside the plan are left out of it', async () => {
  const { write, trials } = await exported();
  const first = trials.filter(({ seed }) => seed === 0).map(({ trial }) => trial);
  const chosen = await studied(write, '--where', 'seed=0');
  expect(chosen.optuna).toEqual(first);
  expect(chosen.tensorboard.sort()).toEqual(first.toSorted());

  const copy = path.join(temporaryFolder(), 'results');
  cpSync(results, copy, { recursive: true });
  const db = new Database(path.join(copy, 'sweeps.db'));
  db.exec('UPDATE trials SET in_plan = 0 WHERE seed = 1');
  db.close();
  const { folder } = await exported();
  const outside = async (name: string, ...args: string[]) => {
    const file = path.join(folder, name);
    const ended = await runCli(['export', ...args, '-o', file, '--results', copy]);
    expect(ended).toMatchObject({ code: 0, stderr: 'Left out: 2 trials outside the present plan.\n' });
    return file;
  };
  const planned = await studied(outside);
  expect(planned.optuna).toEqual(first);
  expect(planned.tensorboard.sort()).toEqual(first.toSorted());
});

it('a folder of logs is refused where something is, and bytes have no table of their own', async () => {
  const { folder, trials } = await exported();
  expect(trials.map(({ state }) => state).sort()).toEqual(['completed', 'completed', 'diverged', 'diverged']);
  mkdirSync(path.join(folder, 'logs'));
  writeFileSync(path.join(folder, 'logs', 'other'), '');
  const refusal = async (...args: string[]) => {
    const { code, stderr } = await runCli(['export', ...args, '--results', results]);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refusal('--format', 'tensorboard', '-o', path.join(folder, 'logs'))).toContain(
    'holds something already',
  );
  expect(await refusal('--format', 'tensorboard')).toContain('Name a new one with -o');
  expect(await refusal('--format', 'optuna', '--table', 'trials', '-o', 'x.db')).toContain('--table has no meaning');
  expect(readdirSync(path.join(folder, 'logs'))).toEqual(['other']);
});

it('Parquet holds every row and every bit, typed', async () => {
  const { write, trials, metrics } = await exported();
  const read = async (file: string) => {
    const bytes = readFileSync(file);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const types = parquetSchema(parquetMetadata(buffer)).children.map(({ element }) => [element.name, element.type]);
    return { rows: await parquetReadObjects({ file: buffer }), types: Object.fromEntries(types) as object };
  };
  const history = await read(await write('m.parquet', '--table', 'metrics'));
  expect(history.rows).toEqual(
    metrics.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          ['attempt', 'epoch', 'step'].includes(name) ? BigInt(value as number) : (value as unknown),
        ]),
      ),
    ),
  );
  const { rows, types } = await read(await write('t.parquet'));
  expect(types).toMatchObject({ 'val/elbo': 'DOUBLE', learning_rate: 'DOUBLE', seed: 'INT64', in_plan: 'BOOLEAN' });
  expect(rows).toHaveLength(trials.length);
  for (const [index, { trial, seed, state, params, metrics: best }] of trials.entries()) {
    expect(rows[index]).toMatchObject({ trial, seed: BigInt(seed), state, ...best, hidden: '[8]' });
    expect(rows[index]!['learning_rate']).toBe(params['learning_rate']);
  }
});

describe('Optuna', () => {
  it('finds one trial a trial, with its state, objective and history', async () => {
    const { write, trials, metrics } = await exported();
    const db = new Database(await write('o.db', '--format', 'optuna'), { readonly: true });
    onTestFinished(() => void db.close());
    const rows = db
      .prepare(
        `SELECT t.state, v.value, u.value_json AS trial FROM trials t LEFT JOIN trial_values v USING (trial_id)
         JOIN trial_user_attributes u USING (trial_id) WHERE u.key = 'trial' ORDER BY number`,
      )
      .all();
    expect(rows).toEqual(
      trials.map(({ trial, state, metrics: best }) => ({
        trial: JSON.stringify(trial),
        state: state === 'completed' ? 'COMPLETE' : 'FAIL',
        value: state === 'completed' ? best['val/elbo'] : null,
      })),
    );
    const points = db.prepare('SELECT intermediate_value FROM trial_intermediate_values').pluck().all();
    expect(points).toEqual(metrics.filter(({ name }) => name === 'val/elbo').map(({ value }) => value));
  });

  const hasOptuna = spawnSync('/usr/bin/python3', ['-c', 'import optuna']).status === 0;
  it.skipIf(!hasOptuna)('itself (Debian: python3-optuna) loads the study and finds the same best trial', async () => {
    const { write, trials } = await exported();
    const program = [
      'import optuna, json, sys',
      'study = optuna.load_study(study_name="tiny", storage="sqlite:///" + sys.argv[1])',
      'best = study.best_trial',
      'states = sorted(t.state.name for t in study.trials)',
      'print(json.dumps([best.value, best.user_attrs["trial"], best.params["hidden"], best.params["learning_rate"], states]))',
    ].join('\n');
    const file = await write('o.db', '--format', 'optuna');
    const answer = JSON.parse(execFileSync('/usr/bin/python3', ['-c', program, file], { encoding: 'utf8' })) as unknown;
    const [best] = trials
      .filter(({ state }) => state === 'completed')
      .sort((a, b) => b.metrics['val/elbo']! - a.metrics['val/elbo']!);
    const states = ['COMPLETE', 'COMPLETE', 'FAIL', 'FAIL'];
    expect(answer).toEqual([best!.metrics['val/elbo'], best!.trial, '[8]', 0.001, states]);
  });
});

describe('TensorBoard', () => {
  it('CRC-32C is that of RFC 3720, B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  });

  it('has a log a trial: every metric as a double, its parameters, its end, its seeds as one group', async () => {
    const { write, trials, metrics } = await exported();
    const folder = await write('logs', '--format', 'tensorboard');
    const runs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // As TensorFlow's own files begin: a length of 24, and its masked CRC.
    const header = readFileSync(path.join(folder, runs[0]!.name, readdirSync(path.join(folder, runs[0]!.name))[0]!));
    expect(header.subarray(0, 12).toString('hex')).toBe('1800000000000000a37f4b22');
    expect(runs.map(({ name }) => name).sort()).toEqual(trials.map(({ trial, seed }) => `${trial}-seed${seed}`).sort());
    for (const { trial, seed, config_id, state, best_epoch } of trials) {
      const events = eventsOf(path.join(folder, `${trial}-seed${seed}`));
      expect(text(first(events[0]!, 3))).toBe('brain.Event:2');
      const values = events.flatMap((event) =>
        all(event, 5).flatMap((summary) =>
          all(fields(bytes(summary)), 1).map((value) => ({ event, value: fields(bytes(value)) })),
        ),
      );
      const scalars = values.flatMap(({ event, value }) => {
        const tensor = fields(bytes(first(value, 8)));
        if (first(tensor, 1) !== 2n) return [];
        return [
          { name: text(first(value, 1)), step: Number(first(event, 2)), value: bytes(first(tensor, 6)).readDoubleLE() },
        ];
      });
      const own = metrics.filter((row) => row.trial === trial);
      const wanted = own.map(({ name, step, value }) => ({ name, step, value }));
      const best = own.filter(({ epoch }) => epoch === best_epoch);
      expect(scalars).toEqual([
        ...wanted,
        ...best.map(({ name, step, value }) => ({ name: `best_epoch/${name}`, step, value })),
      ]);
      const hparams = new Map(
        values
          .filter(({ value }) => text(first(value, 1)).startsWith('_hparams_/'))
          .map(({ value }) => [
            text(first(value, 1)),
            fields(bytes(first(fields(bytes(first(fields(bytes(first(value, 9))), 1))), 2))),
          ]),
      );
      expect(text(first(fields(bytes(first(hparams.get('_hparams_/session_start_info')!, 3))), 4))).toBe(config_id);
      const status = first(fields(bytes(first(hparams.get('_hparams_/session_end_info')!, 4))), 1);
      expect(status).toBe(state === 'completed' ? 1n : 2n);
    }
  });
});

/** TFRecord and the wire format of protocol buffers, as their specifications have them; nothing of what wrote the file. */
function eventsOf(folder: string): Fields[] {
  const data = readFileSync(path.join(folder, readdirSync(folder)[0]!));
  const events: Fields[] = [];
  for (let at = 0; at < data.length;) {
    const length = Number(data.readBigUInt64LE(at));
    events.push(fields(data.subarray(at + 12, at + 12 + length)));
    at += 16 + length;
  }
  return events;
}

type Field = bigint | Buffer;
type Fields = readonly (readonly [number: number, value: Field])[];

function fields(message: Buffer): Fields {
  const found: [number, Field][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const key = Number(varint());
    const type = key & 7;
    found.push([key >> 3, type === 0 ? varint() : take(type === 1 ? 8 : type === 5 ? 4 : Number(varint()))]);
  }
  return found;
}

const all = (message: Fields, number: number): Field[] =>
  message.filter(([key]) => key === number).map(([, value]) => value);
const first = (message: Fields, number: number): Field => all(message, number)[0] ?? 0n;
const bytes = (field: Field): Buffer => (typeof field === 'bigint' ? Buffer.alloc(0) : field);
const text = (field: Field): string => bytes(field).toString();
