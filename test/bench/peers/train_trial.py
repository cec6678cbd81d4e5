"""One trial as a PyTorch script trains it: the validation split is evaluated after each epoch. No checkpoint, no pictures."""
import torch

import vae


def load(settings):
    pixels = settings["height"] * settings["width"]
    train = vae.load_images(settings["train"], pixels)
    return {"train": train, "validation": vae.load_images(settings["validation"], pixels), "means": train.mean(0)}


def train(settings, chosen, data, report):
    """Returns the last validation ELBO (beta = 1)."""
    # What a user can set inside of a process may differ between architectures; the environment is one for all.
    chosen = {**chosen, **settings["setups"][chosen["architecture"]]}
    vae.configure(chosen)
    torch.manual_seed(chosen["seed"])
    images, batch_size = data["train"], settings["batch_size"]
    model = vae.build({**settings, **chosen}, data["means"])
    adam = vae.optimizer(model, settings["learning_rate"])
    elbo = None
    for epoch in range(settings["epochs"]):
        for batch in torch.randperm(len(images)).split(batch_size):
            vae.step(model, adam, images[batch], chosen["beta"])
        elbo = validate(model, data["validation"], batch_size)
        report(elbo, epoch)
    return elbo


def validate(model, images, batch_size):
    total = 0.0
    with torch.no_grad():
        for batch in images.split(batch_size):
            reconstruction, kl = vae.terms(model, batch)
            total -= (reconstruction + kl).item()
    return total / len(images)
