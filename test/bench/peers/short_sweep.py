"""A short sweep by PyTorch alone: one process per core, one thread each, nothing recorded. Prints all validation ELBOs."""
import json
import multiprocessing
import sys

import train_trial

settings = json.loads(sys.argv[1])
data = {}


def start_worker():
    data.update(train_trial.load(settings))


def run_trial(chosen):
    return {**chosen, "elbo": train_trial.train(settings, chosen, data, lambda *_: None)}


if __name__ == "__main__":
    with multiprocessing.Pool(settings["processes"], start_worker) as pool:
        print(json.dumps(list(pool.imap_unordered(run_trial, settings["trials"], chunksize=1))), flush=True)
