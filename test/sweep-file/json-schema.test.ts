import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { specJsonSchema } from '../../src/sweep-file/json-schema.ts';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

function undescribed(node: Node, path: string): string[] {
  const fields = Object.entries(node.properties ?? {});
  return [
    ...fields.filter(([, field]) => !field.description).map(([key]) => `${path}.${key}`),
    ...fields.flatMap(([key, field]) => undescribed(field, `${path}.${key}`)),
    ...[...(node.anyOf ?? []), ...(node.items ? [node.items] : [])].flatMap((child) => undescribed(child, path)),
  ];
}

describe('the JSON Schema', () => {
  it('is what sweep.schema.json holds; `npm run schema` writes it', () => {
    const file = readFileSync(new URL('../../sweep.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(specJsonSchema())));
  });

  it('describes every field', () => {
    const schema = specJsonSchema() as Node;
    expect(Object.keys(schema.properties ?? {})).toContain('parameters');
    expect(undescribed(schema, 'spec')).toEqual([]);
  });

  it('tells editors of every way to write a parameter, and of no others', () => {
    const { properties } = (specJsonSchema() as { properties: Record<string, Node> }).properties['parameters']!;
    expect(properties?.['beta']?.anyOf).toMatchObject([
      { type: 'number', minimum: 0 },
      { type: 'array', minItems: 1 },
      { type: 'object', required: ['min', 'max'], additionalProperties: false },
    ]);
    expect(properties?.['architecture']?.anyOf).toHaveLength(2);
  });
});
