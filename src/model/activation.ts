import type { tf } from '../engine/tfjs.ts';
import type { Named } from './named.ts';
import type { Parameter } from './parameter.ts';

interface ActivationDefinition extends Omit<Named, 'name'> {
  apply<T extends tf.Tensor>(tfjs: typeof tf, inputs: T): T;
  /** 1 / √E[f(x)²] for x ~ N(0, 1): it gives back the size of what it is given. */
  readonly gain: number;
}

/** Of the leaky ReLU, below zero. */
const LEAK = 0.01;

export const ACTIVATIONS = {
  relu: {
    apply: (tfjs, inputs) => tfjs.relu(inputs),
    gain: Math.SQRT2,
    otherThings: ['gelu', 'selu', 'celu', 'silu', 'crelu', 'prelu', 'rrelu', 'relu6'],
  },
  leaky_relu: {
    apply: (tfjs, inputs) => tfjs.leakyRelu(inputs, LEAK),
    gain: Math.sqrt(2 / (1 + LEAK ** 2)),
    aliases: ['lrelu'],
  },
  elu: { apply: (tfjs, inputs) => tfjs.elu(inputs), gain: 1.2452 },
  tanh: {
    apply: (tfjs, inputs) => tfjs.tanh(inputs),
    gain: 1.5925,
    otherThings: ['atanh', 'tanhshrink', 'hardtanh'],
  },
} as const satisfies Readonly<Record<string, ActivationDefinition>>;

export type Activation = keyof typeof ACTIVATIONS;

export const activation: Parameter<Activation> = {
  name: 'activation',
  values: { kind: 'names', names: Object.keys(ACTIVATIONS) },
  default: 'relu',
  description: 'Non-linearity after each hidden layer.',
};
