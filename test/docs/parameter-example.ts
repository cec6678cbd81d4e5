/** A line of a spec that sweeps a parameter, made of its definition, so that a new one needs none of its own. */
import type { Parameter, ParameterValue } from '../../src/model/parameter.ts';

/** Its values by name; of a number the default, half and twice of it; of widths the default, and half as wide. */
export function exampleOf({ name, values, default: usual }: Parameter): string {
  return `${name}: ${JSON.stringify(choices(values, usual)).replaceAll('"', '').replaceAll(',', ', ')}`;
}

function choices(values: Parameter['values'], usual: ParameterValue): readonly ParameterValue[] {
  if (values.kind === 'names') return values.names;
  if (typeof usual !== 'number') return [usual, (usual as readonly number[]).map((width) => Math.ceil(width / 2))];
  const around = usual === 0 ? [0, 1, 2] : [usual / 2, usual, usual * 2];
  return values.kind === 'integer' ? [...new Set(around.map(Math.ceil))] : around;
}
