"""Optuna with SQLite storage, recording trials that do nothing: one parameter, one reported value, one result.

Answers {"trials": n} with the seconds it took, and {"rows": n} with the seconds that n reported values of one trial took.
"""
import json
import sys
import time

import optuna

settings = json.loads(sys.argv[1])
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(storage=settings["storage"], sampler=optuna.samplers.RandomSampler())


def objective(trial):
    beta = trial.suggest_float("beta", 0, 4)
    trial.report(beta, 1)
    return beta


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    started = time.perf_counter()
    if "trials" in question:
        study.optimize(objective, n_trials=question["trials"])
    else:
        trial = study.ask()
        for step in range(question["rows"]):
            trial.report(step / 7, step)
        study.tell(trial, 0.0)
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
