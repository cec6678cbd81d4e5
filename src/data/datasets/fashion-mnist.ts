import { idxDataset } from '../idx.ts';

export const fashionMnist = idxDataset({
  name: 'fashion-mnist',
  description: 'pictures of clothes (Xiao et al. 2017)',
  aliases: ['fmnist'],
  height: 28,
  width: 28,
  isBinary: false,
  splits: { train: 55_000, validation: 5000, test: 10_000 },
  // The publisher gives hashes of the compressed files alone. Those of the content are as several projects that unpack
  // them have them; the labels' in the same lists are those of the publisher's label files.
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
  files: {
    'train-images': {
      name: 'train-images-idx3-ubyte',
      images: 60_000,
      gzip: { bytes: 26_421_880, sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84' },
      sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    },
    'test-images': {
      name: 't10k-images-idx3-ubyte',
      images: 10_000,
      gzip: { bytes: 4_422_102, sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073' },
      sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    },
  },
});
