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
  // them have them; the labels' are those of the files in the publisher's repository, unpacked.
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
  labels: {
    names: [
      ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
      ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    ],
    files: {
      'train-labels': {
        name: 'train-labels-idx1-ubyte',
        images: 60_000,
        gzip: { bytes: 29_515, sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845' },
        sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      },
      'test-labels': {
        name: 't10k-labels-idx1-ubyte',
        images: 10_000,
        gzip: { bytes: 5148, sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5' },
        sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
      },
    },
  },
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
