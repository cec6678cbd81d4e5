"""Optuna's samplers on the problems of test/search/problems.ts, which answers with the losses: prints one line of JSON a
question. A trial is asked for, its point printed, its loss read; the study hears of it once `in_flight` trials are open."""
import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def sampler(name, seed):
    if name == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, constant_liar=True)
    return optuna.samplers.CmaEsSampler(seed=seed)


def suggest(trial, dimension, name):
    if dimension["kind"] == "category":
        return trial.suggest_categorical(name, list(range(dimension["count"])))
    if dimension["cell"] == 0:
        return trial.suggest_float(name, 0, 1)
    count = round(1 / dimension["cell"])
    return (trial.suggest_int(name, 0, count - 1) + 0.5) / count


def main():
    print(json.dumps({"optuna": optuna.__version__}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        study = optuna.create_study(sampler=sampler(question["sampler"], question["seed"]))
        running = []
        for _ in range(question["trials"]):
            trial = study.ask()
            point = []
            for d, dimension in enumerate(question["dimensions"]):
                # Whether the configuration has it: [the dimension that decides, the value for which it has].
                needs = question["needs"][d]
                has = needs is None or point[needs[0]] == needs[1]
                point.append(suggest(trial, dimension, f"x{d}") if has else None)
            print(json.dumps({"point": point}), flush=True)
            running.append((trial, json.loads(sys.stdin.readline())["loss"]))
            if len(running) == question["in_flight"]:
                study.tell(*running.pop(0))
        print(json.dumps({"done": True}), flush=True)


main()
