/** The events that a TensorBoard log consists of, as bytes of its protocol buffers. */
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import type { ValueSchema } from './event_pb.ts';
import { EventSchema, HParamsPluginDataSchema } from './event_pb.ts';

const DT_FLOAT = 1;
const DT_DOUBLE = 2;
const DATA_CLASS_SCALAR = 1;
const DATA_CLASS_TENSOR = 2;
export const DATA_TYPE_STRING = 1;
export const DATA_TYPE_FLOAT64 = 3;
export const STATUS_UNKNOWN = 0;
export const STATUS_SUCCESS = 1;
export const STATUS_FAILURE = 2;
export const STATUS_RUNNING = 3;

/** Seconds since 1970. */
type WallTime = number;

/** What every log begins with. */
export function versionEvent(wallTime: WallTime): Uint8Array {
  return eventOf({ wallTime, what: { case: 'fileVersion', value: 'brain.Event:2' } });
}

/** A tensor of one double: `simple_value`, the older form, would round to 32 bits. */
export function scalarEvent(wallTime: WallTime, step: number, tag: string, value: number): Uint8Array {
  const tensor = { dtype: DT_DOUBLE, tensorShape: {}, doubleVal: [value] };
  const metadata = { pluginData: { pluginName: 'scalars' }, dataClass: DATA_CLASS_SCALAR };
  return eventOf({
    wallTime,
    step: BigInt(step),
    what: { case: 'summary', value: { value: [{ tag, tensor, metadata }] } },
  });
}

/** The HParams plugin reads the metadata alone; the tensor is there for other readers, and empty. */
export function hparamsEvent(
  wallTime: WallTime,
  tag: `_hparams_/${'experiment' | 'session_start_info' | 'session_end_info'}`,
  data: MessageInitShape<typeof HParamsPluginDataSchema>['data'],
): Uint8Array {
  const content = toBinary(HParamsPluginDataSchema, create(HParamsPluginDataSchema, { version: 0, data: data! }));
  const metadata = { pluginData: { pluginName: 'hparams', content }, dataClass: DATA_CLASS_TENSOR };
  const tensor = { dtype: DT_FLOAT, tensorShape: { dim: [{ size: 0n }] } };
  return eventOf({ wallTime, what: { case: 'summary', value: { value: [{ tag, tensor, metadata }] } } });
}

/** A parameter's value; a list as JSON. */
export function hparamValue(value: unknown): MessageInitShape<typeof ValueSchema> {
  if (typeof value === 'number') return { kind: { case: 'numberValue', value } };
  return { kind: { case: 'stringValue', value: typeof value === 'string' ? value : JSON.stringify(value) } };
}

function eventOf(event: Omit<MessageInitShape<typeof EventSchema>, '$typeName'>): Uint8Array {
  return toBinary(EventSchema, create(EventSchema, event as MessageInitShape<typeof EventSchema>));
}
