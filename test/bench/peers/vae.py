"""The models of vae-sweep in PyTorch: same shapes, same distribution of initial weights, same loss.

What was tried for speed, and kept where it helped: Adam with foreach, gradients set to None. What depends on the
machine (threads, kernels, allocator, denormals, oneDNN, channels_last) is found by a probe: ../peer-setup.ts.
"""
import math

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

ACTIVATIONS = {"relu": F.relu, "tanh": torch.tanh}
GAIN = {"relu": 2**0.5, "tanh": 1.5925}

class Mlp(nn.Module):
    def __init__(self, activation, widths, latent_dim, height, width):
        super().__init__()
        self.activate = ACTIVATIONS[activation]
        sizes = [height * width, *widths]
        self.encoder = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.mean = nn.Linear(sizes[-1], latent_dim)
        self.log_variance = nn.Linear(sizes[-1], latent_dim)
        mirrored = [latent_dim, *reversed(widths)]
        self.decoder = nn.ModuleList(nn.Linear(a, b) for a, b in zip(mirrored, mirrored[1:]))
        self.output = nn.Linear(mirrored[-1], height * width)

    def encode(self, x):
        for layer in self.encoder:
            x = self.activate(layer(x))
        return self.mean(x), self.log_variance(x)

    def decode(self, z):
        for layer in self.decoder:
            z = self.activate(layer(z))
        return self.output(z)


class Conv(nn.Module):
    def __init__(self, activation, widths, latent_dim, height, width, image_channels=1):
        super().__init__()
        self.activate = ACTIVATIONS[activation]
        channels = [image_channels, *widths]
        scale = 2 ** len(widths)
        self.image = (image_channels, height, width)
        self.small = (widths[-1], height // scale, width // scale)
        flat = widths[-1] * (height // scale) * (width // scale)
        self.encoder = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in zip(channels, channels[1:]))
        self.mean = nn.Linear(flat, latent_dim)
        self.log_variance = nn.Linear(flat, latent_dim)
        self.input = nn.Linear(latent_dim, flat)
        pairs = list(zip(channels, channels[1:]))[::-1]
        layers = [nn.ConvTranspose2d(b, a, 4, 2, 1) for a, b in pairs]
        self.decoder = nn.ModuleList(layers[:-1])
        self.output = layers[-1]

    def encode(self, x):
        x = x.view(-1, *self.image)
        for layer in self.encoder:
            x = self.activate(layer(x))
        x = x.flatten(1)
        return self.mean(x), self.log_variance(x)

    def decode(self, z):
        maps = self.activate(self.input(z)).view(-1, *self.small)
        for layer in self.decoder:
            maps = self.activate(layer(maps))
        return self.output(maps).flatten(1)


def configure(settings):
    """What a user can set for a process; before anything is computed."""
    torch.set_flush_denormal(settings.get("flush_denormals", False))
    torch.backends.mkldnn.set_flags(settings.get("onednn", True))


def build(settings, pixel_means):
    """A fresh model, initialised as ours (`he`, zero biases, the last one at the logit of the data's mean), or by default."""
    activation = settings.get("activation", "relu")
    shape = activation, settings["widths"], settings["latent_dim"], settings["height"], settings["width"]
    model = Mlp(*shape) if settings["architecture"] == "mlp" else Conv(*shape, settings.get("channels", 1))
    model.sigma = settings.get("sigma")
    if settings.get("initialization") == "default":
        return model
    for layer in model.modules():
        if hasattr(layer, "weight"):
            inputs, outputs = fans(layer)
            is_linear = layer in (model.mean, model.log_variance, model.output, getattr(model, "input", None))
            linear = (6 / (inputs + outputs)) ** 0.5 * (0.1 if layer is model.output else 1)
            limit = linear if is_linear else GAIN[activation] * (3 / inputs) ** 0.5
            nn.init.uniform_(layer.weight, -limit, limit)
            nn.init.zeros_(layer.bias)
    bias = model.output.bias
    mean = pixel_means if bias.numel() == pixel_means.numel() else pixel_means.view(bias.numel(), -1).mean(1)
    with torch.no_grad():
        bias.copy_(torch.logit(mean.clamp(1e-3, 1 - 1e-3)) if model.sigma is None else mean)
    return model.to(memory_format=torch.channels_last) if settings.get("channels_last") else model


def fans(layer):
    """Inputs and outputs of a unit. With a stride of 2 a pixel of the large side meets a quarter of the 4×4 taps."""
    first, second = layer.weight.shape[:2]
    if isinstance(layer, nn.Conv2d):
        return 16 * second, 4 * first
    if isinstance(layer, nn.ConvTranspose2d):
        return 4 * first, 16 * second
    return second, first


def optimizer(model, learning_rate):
    return torch.optim.Adam(model.parameters(), learning_rate, foreach=True)


def terms(model, x):
    """Reconstruction and KL, summed over the batch, nats."""
    mean, log_variance = model.encode(x)
    # Drawn in single precision whatever the model's, so that a model in double precision gets the same noise.
    noise = torch.randn(mean.shape).to(mean)
    z = mean + torch.exp(0.5 * log_variance) * noise
    outputs = model.decode(z)
    if model.sigma is None:
        reconstruction = F.binary_cross_entropy_with_logits(outputs, x, reduction="sum")
    else:
        constant = x.numel() * (math.log(model.sigma) + 0.5 * math.log(2 * math.pi))
        reconstruction = F.mse_loss(outputs, x, reduction="sum") / (2 * model.sigma**2) + constant
    kl = 0.5 * torch.sum(mean * mean + log_variance.exp() - log_variance - 1)
    return reconstruction, kl


def step(model, adam, x, beta):
    """One optimiser step on a batch. Returns its loss per image, as a tensor."""
    reconstruction, kl = terms(model, x)
    loss = (reconstruction + beta * kl) / len(x)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()
    return loss.detach()


def load_images(file, pixels, channels=1):
    """Bytes, one image after another, the channels of a pixel together, as floats in [0, 1] that stay in memory."""
    images = numpy.fromfile(file, dtype=numpy.uint8).reshape(-1, pixels, channels)
    # As PyTorch has it: one channel after another.
    floats = numpy.ascontiguousarray(images.transpose(0, 2, 1)).astype(numpy.float32) / 255
    return torch.from_numpy(floats.reshape(-1, channels * pixels))
