/** The JSON Schema of a spec, for completion and hints in editors. Printed when run directly. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { specSchemaFor } from './schema.ts';

/** Draft 7: the newest that yaml-language-server promises to read. */
export function specJsonSchema(): Record<string, unknown> {
  return { title: 'vae-sweep spec', ...z.toJSONSchema(specSchemaFor('any'), { target: 'draft-7', io: 'input' }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(specJsonSchema(), null, 2)}\n`);
}
