"""A whole sweep with Optuna and PyTorch: one process per core, one thread each, trials recorded in SQLite.

A trial trains, evaluates the validation split after each epoch and reports that to Optuna. It writes no checkpoint
and no pictures. Prints the last validation ELBO (β = 1) of every trial.
"""
import json
import multiprocessing
import sys

import optuna

import train_trial

settings = json.loads(sys.argv[1])
optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS = settings["trials"]
data = {}


def load_study():
    return optuna.load_study(study_name="bench", storage=settings["storage"])


def start_worker(turn):
    # Two processes that ask at the same moment may be given the same trial, and one of them fails.
    data["turn"] = turn
    data.update(train_trial.load(settings))
    data["study"] = load_study()


def run_trial(_):
    with data["turn"]:
        trial = data["study"].ask()
        chosen = TRIALS[trial.suggest_int("index", 0, len(TRIALS) - 1)]
    elbo = train_trial.train(settings, chosen, data, trial.report)
    data["study"].tell(trial, elbo)
    return {**chosen, "elbo": elbo}


if __name__ == "__main__":
    study = optuna.create_study(
        study_name="bench", storage=settings["storage"], direction="maximize", sampler=optuna.samplers.RandomSampler()
    )
    for index in range(len(TRIALS)):
        study.enqueue_trial({"index": index})
    with multiprocessing.Pool(settings["processes"], start_worker, [multiprocessing.Lock()]) as pool:
        results = list(pool.imap_unordered(run_trial, range(len(TRIALS)), chunksize=1))
    print(json.dumps(results), flush=True)
