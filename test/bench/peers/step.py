"""Trains one model; each line {"steps": n} is answered with the seconds they took and their mean loss."""
import json
import sys
import time

import torch

import blas
import vae

settings = json.loads(sys.argv[1])
vae.configure(settings)
torch.manual_seed(0)
images = vae.load_images(settings["images"], settings["height"] * settings["width"], settings["channels"])
model = vae.build(settings, images.mean(0))
if settings.get("double"):
    model, images = model.double(), images.double()
adam = vae.optimizer(model, 1e-3)
batch_size = settings["batch_size"]
weights = sum(parameter.numel() for parameter in model.parameters())
print(json.dumps({"weights": weights, "kernels": blas.kernels(), "preloaded": blas.preloaded()}), flush=True)

for line in sys.stdin:
    steps = json.loads(line)["steps"]
    loss = torch.zeros((), dtype=torch.float64)
    started = time.perf_counter()
    for _ in range(steps):
        batch = images[torch.randint(len(images), (batch_size,))]
        loss += vae.step(model, adam, batch, 1.0)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "loss": loss.item() / steps}), flush=True)
