/** A program that loads the exported files in Python, and holds them to `check.npz`. */
export function loadPy({
  trial,
  sweep,
  image_shape,
  latent_dim,
  architecture,
  likelihood,
}: Record<string, string>): string {
  const [height, width, channels] = JSON.parse(image_shape!) as number[];
  return `#!/usr/bin/env python3
"""Trial ${trial} of the sweep ${plainText(sweep!)} (${architecture}, ${likelihood}), without vae-sweep.

Needs numpy and onnxruntime (pip install numpy onnxruntime). As a program it compares what they compute with check.npz;
as a module it has encode, decode and reconstruct:

    from load import encode, decode
    mean, log_variance = encode(images)   # float32 N x ${height} x ${width} x ${channels}, from 0 (black) to 1
    images = decode(mean)                 # latents: float32 N x ${latent_dim}
"""
import os
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when onnxruntime is loaded
import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent


def session(name):
    return onnxruntime.InferenceSession(str(HERE / name), providers=["CPUExecutionProvider"])


encoder, decoder, vae = session("encoder.onnx"), session("decoder.onnx"), session("vae.onnx")


def encode(images):
    """Mean and log variance of q(z|x)."""
    return encoder.run(["mean", "log_variance"], {"images": np.asarray(images, np.float32)})


def decode(latents):
    """The mean of p(x|z)."""
    return decoder.run(["images"], {"latents": np.asarray(latents, np.float32)})[0]


def reconstruct(images):
    """What it makes of images by way of their mean."""
    return vae.run(["reconstruction"], {"images": np.asarray(images, np.float32)})[0]


if __name__ == "__main__":
    check = np.load(HERE / "check.npz")
    images = check["images"].astype(np.float32) / 255
    mean, log_variance = encode(images)
    found = {"mean": mean, "log_variance": log_variance,
             "reconstruction": reconstruct(images), "decoded": decode(check["latents"])}
    for name, values in found.items():
        difference = np.max(np.abs(values - check[name]) / np.maximum(1, np.abs(check[name])))
        print(f"{name}: {' x '.join(map(str, values.shape))}, largest difference {difference:.1e}")
        assert difference <= 1e-5, name
`;
}

/** A sweep's name in a string of Python. */
function plainText(name: string): string {
  return name.replace(/[^\w. -]/g, '_');
}
