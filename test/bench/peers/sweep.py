"""A whole sweep with Optuna and PyTorch: one process per core, one thread each, trials recorded in SQLite.

A trial trains, evaluates the validation split after each epoch and reports that to Optuna. It writes no checkpoint
and no pictures. Prints the last validation ELBO (β = 1) of every trial.
"""
import json
import multiprocessing
import sys

import optuna
import torch

import vae

settings = json.loads(sys.argv[1])
optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS = settings["trials"]
data = {}


def load_study():
    return optuna.load_study(study_name="bench", storage=settings["storage"])


def start_worker(turn):
    # Two processes that ask at the same moment may be given the same trial, and one of them fails.
    data["turn"] = turn
    pixels = settings["height"] * settings["width"]
    data["train"] = vae.load_images(settings["train"], pixels)
    data["validation"] = vae.load_images(settings["validation"], pixels)
    data["means"] = data["train"].mean(0)
    data["study"] = load_study()


def run_trial(_):
    with data["turn"]:
        trial = data["study"].ask()
        chosen = TRIALS[trial.suggest_int("index", 0, len(TRIALS) - 1)]
    elbo = train(trial, chosen)
    data["study"].tell(trial, elbo)
    return {**chosen, "elbo": elbo}


def train(trial, chosen):
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
        elbo = validate(model, batch_size)
        trial.report(elbo, epoch)
    return elbo


def validate(model, batch_size):
    total = 0.0
    with torch.no_grad():
        for batch in data["validation"].split(batch_size):
            reconstruction, kl = vae.terms(model, batch)
            total -= (reconstruction + kl).item()
    return total / len(data["validation"])


if __name__ == "__main__":
    study = optuna.create_study(
        study_name="bench", storage=settings["storage"], direction="maximize", sampler=optuna.samplers.RandomSampler()
    )
    for index in range(len(TRIALS)):
        study.enqueue_trial({"index": index})
    with multiprocessing.Pool(settings["processes"], start_worker, [multiprocessing.Lock()]) as pool:
        results = list(pool.imap_unordered(run_trial, range(len(TRIALS)), chunksize=1))
    print(json.dumps(results), flush=True)
