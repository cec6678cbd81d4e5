import { idxDataset } from '../idx.ts';

export const mnist = idxDataset({
  name: 'mnist',
  description: 'handwritten digits (LeCun et al. 1998)',
  otherThings: ['emnist', 'kmnist', 'qmnist', 'mnistm', 'mnist_m', 'mnist1d', 'notmnist', 'not_mnist', 'medmnist'],
  height: 28,
  width: 28,
  isBinary: false,
  labels: {
    names: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    files: {
      'train-labels': {
        name: 'train-labels-idx1-ubyte',
        images: 60_000,
        gzip: { bytes: 28_881, sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c' },
        sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      },
      'test-labels': {
        name: 't10k-labels-idx1-ubyte',
        images: 10_000,
        gzip: { bytes: 4542, sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6' },
        sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      },
    },
  },
  splits: { train: 55_000, validation: 5000, test: 10_000 },
  mirrors: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
  files: {
    'train-images': {
      name: 'train-images-idx3-ubyte',
      images: 60_000,
      gzip: { bytes: 9_912_422, sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609' },
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    'test-images': {
      name: 't10k-images-idx3-ubyte',
      images: 10_000,
      gzip: { bytes: 1_648_877, sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6' },
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
  },
});
