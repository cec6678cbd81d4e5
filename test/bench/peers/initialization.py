"""Trains one model from each seed and prints its validation ELBO (β = 1) after the last epoch."""
import json
import sys

import torch

import vae

settings = json.loads(sys.argv[1])
torch.set_num_threads(1)
pixels = settings["height"] * settings["width"]
images, validation = (vae.load_images(settings[split], pixels) for split in ("train", "validation"))


def elbo(seed):
    torch.manual_seed(seed)
    model = vae.build(settings, images.mean(0))
    adam = vae.optimizer(model, settings["learning_rate"])
    for _ in range(settings["epochs"]):
        for batch in torch.randperm(len(images)).split(settings["batch_size"]):
            vae.step(model, adam, images[batch], settings["beta"])
    with torch.no_grad():
        reconstruction, kl = vae.terms(model, validation)
    return -(reconstruction + kl).item() / len(validation)


print(json.dumps([elbo(seed) for seed in settings["seeds"]]), flush=True)
