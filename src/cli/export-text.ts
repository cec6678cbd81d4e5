/** The text forms of an export, in chunks of many rows. */
import { stringify } from 'csv-stringify/sync';
import { plain } from '../report/text.ts';
import type { ExportTable } from './export-table.ts';

const CHUNK_ROWS = 1000;

/** Text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function* csvLines({ columns, rows }: ExportTable): Generator<string> {
  yield stringify([[...columns]]);
  for (const chunk of chunked(rows)) {
    const lines = chunk.map((row) => {
      const flat: Readonly<Record<string, unknown>> = { ...row, ...(row['params'] ?? {}), ...(row['metrics'] ?? {}) };
      return columns.map((column) => cellOf(flat[column]));
    });
    yield stringify(lines, { escape_formulas: true });
  }
}

/** One array. */
export function* jsonLines({ rows }: ExportTable): Generator<string> {
  let separator = '[\n';
  for (const chunk of chunked(rows)) {
    yield separator + chunk.map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

export function* ndjsonLines({ rows }: ExportTable): Generator<string> {
  for (const chunk of chunked(rows)) yield chunk.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function cellOf(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

function* chunked<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < CHUNK_ROWS) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
