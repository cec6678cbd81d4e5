/** A program that loads the exported files in Python, and holds them to `check.npz`. */
export function loadPy({
  trial,
  sweep,
  image_shape,
  row_length,
  columns,
  latent_dim,
  architecture,
  likelihood,
  labels,
}: Record<string, string>): string {
  const isRows = image_shape === undefined;
  const samples = isRows ? 'rows' : 'images';
  const what = isRows
    ? `float64 N x ${row_length}, in the units of their columns`
    : `float32 N x ${(JSON.parse(image_shape) as number[]).join(' x ')}, from 0 (black) to 1`;
  const taken =
    columns === undefined ? `np.asarray(${samples}, np.${isRows ? 'float64' : 'float32'})` : `in_order(${samples})`;
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
    mean, log_variance = encode(${samples}${one})   # ${what}
    ${samples} = decode(mean${one})                 # latents: float32 N x ${latent_dim}
"""
import os
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when onnxruntime is loaded
import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
${names === undefined ? '' : labelsPy(names)}${columns === undefined ? '' : columnsPy(JSON.parse(columns) as string[])}

def session(name):
    return onnxruntime.InferenceSession(str(HERE / name), providers=["CPUExecutionProvider"])


encoder, decoder, vae = session("encoder.onnx"), session("decoder.onnx"), session("vae.onnx")


def encode(${samples}${given}):
    """Mean and log variance of q(z|x${names === undefined ? '' : ', label'})."""
    return encoder.run(["mean", "log_variance"], {"${samples}": ${taken}${fed(samples)}})


def decode(latents${given}):
    """The mean of p(x|z${names === undefined ? '' : ', label'})."""
    return decoder.run(["${samples}"], {"latents": np.asarray(latents, np.float32)${fed('latents')}})[0]


def reconstruct(${samples}${given}):
    """What it makes of ${samples} by way of their mean."""
    return vae.run(["reconstruction"], {"${samples}": ${taken}${fed(samples)}})[0]


if __name__ == "__main__":
    check = np.load(HERE / "check.npz")
    ${samples} = ${isRows ? 'check["rows"]' : 'check["images"].astype(np.float32) / 255'}
    mean, log_variance = encode(${samples}${told})
    found = {"mean": mean, "log_variance": log_variance,
             "reconstruction": reconstruct(${samples}${told}), "decoded": decode(check["latents"]${told})}
    for name, values in found.items():
        ${isRows ? ROW_DIFFERENCE : 'difference = np.max(np.abs(values - check[name]) / np.maximum(1, np.abs(check[name])))'}
        print(f"{name}: {' x '.join(map(str, values.shape))}, largest difference {difference:.1e}")
        assert difference <= 1e-5, name
`;
}

/** In standard deviations of a column beside the latents, whose unit is 1 as that of a column without spread. */
const ROW_DIFFERENCE = `unit, centre = (check["columns.std"], check["columns.mean"]) if name in ("reconstruction", "decoded") else (1, 0)
        difference = np.max(np.abs(values - check[name]) / np.maximum(np.where(np.equal(unit, 0), 1, unit), np.abs(check[name] - centre)))`;

function columnsPy(names: readonly string[]): string {
  return `COLUMNS = [${names.map(pythonText).join(', ')}]


def in_order(rows):
    """float64 N x ${names.length}: of a table with names by these, of an array as it is."""
    return np.asarray(rows[COLUMNS] if hasattr(rows, "columns") else rows, np.float64)
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
