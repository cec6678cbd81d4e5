/** A program that loads the exported files in Python, and holds them to `check.npz`. */
export function loadPy({
  trial,
  sweep,
  image_shape,
  latent_dim,
  architecture,
  likelihood,
  labels,
}: Record<string, string>): string {
  const [height, width, channels] = JSON.parse(image_shape!) as number[];
  const names = labels === undefined ? undefined : (JSON.parse(labels) as string[]);
  const one = names === undefined ? '' : ', LABELS[0]';
  const given = names === undefined ? '' : ', condition';
  const fed = (of: string): string => (names === undefined ? '' : `, "condition": one_hot(condition, len(${of}))`);
  const told = names === undefined ? '' : ', check["condition"]';
  return `#!/usr/bin/env python3
"""Trial ${trial} of the sweep ${plainText(sweep!)} (${architecture}, ${likelihood}), without vae-sweep.

Needs numpy and onnxruntime (pip install numpy onnxruntime). As a program it compares what they compute with check.npz;
as a module it has encode, decode and reconstruct:

    from load import encode, decode${names === undefined ? '' : ', LABELS'}
    mean, log_variance = encode(images${one})   # float32 N x ${height} x ${width} x ${channels}, from 0 (black) to 1
    images = decode(mean${one})                 # latents: float32 N x ${latent_dim}
"""
import os
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when onnxruntime is loaded
import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
${names === undefined ? '' : labelsPy(names)}

def session(name):
    return onnxruntime.InferenceSession(str(HERE / name), providers=["CPUExecutionProvider"])


encoder, decoder, vae = session("encoder.onnx"), session("decoder.onnx"), session("vae.onnx")


def encode(images${given}):
    """Mean and log variance of q(z|x${names === undefined ? '' : ', label'})."""
    return encoder.run(["mean", "log_variance"], {"images": np.asarray(images, np.float32)${fed('images')}})


def decode(latents${given}):
    """The mean of p(x|z${names === undefined ? '' : ', label'})."""
    return decoder.run(["images"], {"latents": np.asarray(latents, np.float32)${fed('latents')}})[0]


def reconstruct(images${given}):
    """What it makes of images by way of their mean."""
    return vae.run(["reconstruction"], {"images": np.asarray(images, np.float32)${fed('images')}})[0]


if __name__ == "__main__":
    check = np.load(HERE / "check.npz")
    images = check["images"].astype(np.float32) / 255
    mean, log_variance = encode(images${told})
    found = {"mean": mean, "log_variance": log_variance,
             "reconstruction": reconstruct(images${told}), "decoded": decode(check["latents"]${told})}
    for name, values in found.items():
        difference = np.max(np.abs(values - check[name]) / np.maximum(1, np.abs(check[name])))
        print(f"{name}: {' x '.join(map(str, values.shape))}, largest difference {difference:.1e}")
        assert difference <= 1e-5, name
`;
}

function labelsPy(names: readonly string[]): string {
  return `LABELS = [${names.map(pythonText).join(', ')}]


def one_hot(condition, count):
    """float32 N x ${names.length}: of one label for all, of a list of labels, or as it is."""
    if isinstance(condition, str):
        condition = [condition] * count
    if isinstance(condition, np.ndarray) and condition.ndim == 2:
        return np.asarray(condition, np.float32)
    return np.eye(len(LABELS), dtype=np.float32)[[LABELS.index(str(label)) for label in condition]]
`;
}

/** A string of Python: JSON's are, but for characters beyond 16 bits, which it would take for two. */
function pythonText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u{10ffff}]/gu, (character) => {
    return `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`;
  });
}

/** A sweep's name in a string of Python. */
function plainText(name: string): string {
  return name.replace(/[^\w. -]/g, '_');
}
