"""Optuna's trials that do nothing, as in no_op.py, by several processes that share a journal on disk.

Answers {"trials": n} with the seconds that all processes together took, each round in a journal of its own: one that
grows makes every process slower.
"""
import json
import multiprocessing
import sys
import time

import optuna
from optuna.storages import JournalFileStorage, JournalStorage

settings = json.loads(sys.argv[1])
optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(trial):
    beta = trial.suggest_float("beta", 0, 4)
    trial.report(beta, 1)
    return beta


def work(questions, answers, seed):
    for path, trials in iter(questions.get, None):
        study = optuna.load_study(
            study_name="no-op",
            storage=JournalStorage(JournalFileStorage(path)),
            sampler=optuna.samplers.RandomSampler(seed),
        )
        answers.put("ready")
        questions.get()
        done = 0

        def counted(trial):
            nonlocal done
            done += 1
            return objective(trial)

        while done < trials:
            try:
                study.optimize(counted, n_trials=trials - done)
            except json.JSONDecodeError:
                # Optuna 3.1 reads a line that another process is still writing.
                pass
        answers.put("done")


processes = settings["processes"]
pairs = [(multiprocessing.Queue(), multiprocessing.Queue()) for _ in range(processes)]
workers = [multiprocessing.Process(target=work, args=(*pair, seed), daemon=True) for seed, pair in enumerate(pairs)]
for worker in workers:
    worker.start()
print(json.dumps({"ready": True}), flush=True)
for number, line in enumerate(sys.stdin):
    trials = json.loads(line)["trials"]
    path = f"{settings['folder']}/journal-{number}.log"
    optuna.create_study(study_name="no-op", storage=JournalStorage(JournalFileStorage(path)))
    for questions, answers in pairs:
        questions.put((path, trials // processes))
        answers.get()
    started = time.perf_counter()
    for questions, _ in pairs:
        questions.put("go")
    for _, answers in pairs:
        answers.get()
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
for questions, _ in pairs:
    questions.put(None)
