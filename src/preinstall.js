// Where the package is installed, npm runs this before onnxruntime-node's own script, which would fetch CUDA's libraries and
// fail without a network. That one first looks whether their files are there: now they are, as placeholders that it and
// README's command ("GPUs") replace when asked to. With a placeholder, as without the file, CUDA can't be loaded.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

try {
  // A checkout has .npmrc.
  if (import.meta.url.includes('/node_modules/')) keepFromFetching(createRequire(import.meta.url));
} catch {
  // Another version of its script, which may need no such thing.
}

function keepFromFetching(require) {
  const { requirements, manifests } = require('onnxruntime-node/script/install-metadata.js');
  const platform = `${process.platform}/${process.arch}`;
  const binaries = path.join(require.resolve('onnxruntime-node/package.json'), '..', 'bin/napi-v6', platform);
  for (const name of requirements[platform]) {
    for (const file of Object.keys(manifests[`${platform}:${name}`])) {
      try {
        writeFileSync(path.join(binaries, file), 'not installed\n', { flag: 'wx' });
      } catch {
        // It is there.
      }
    }
  }
}
