"""Called by uses.ts with the folder of a run and that of the pages: figures of the pages, computed in another way."""

import re
import sys
from pathlib import Path

import numpy as np
import pandas
from scipy.stats import mannwhitneyu
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

folder, pages = map(Path, sys.argv[1:])
uses, table = ((pages / name).read_text() for name in ("uses.md", "uses-table.md"))
failed = 0


def check(what, stated, found, within):
    global failed
    kept = abs(stated - found) <= within
    failed += not kept
    print(f"{'equal' if kept else 'OTHER'}  {what}: the page {stated:g}, here {found:.4f} (± {within:g})")


def number(page, pattern):
    return float(re.search(pattern, page, re.S)[1].replace(",", ""))


def scores(name):
    return pandas.read_csv(folder / name, dtype={"label": str})


# Printed figures have so many decimals, and what is left out is at most half of the last.
def anomalies(page, name, odd):
    of = scores(f"{name}.csv")
    is_odd = (of.label == odd).to_numpy()
    stated = number(page, rf"-o {name}\.csv.*?AUROC ([\d.]+)")
    check(f"{name}: AUROC by scikit-learn", stated, roc_auc_score(is_odd, -of.elbo), 5.1e-5)
    u = mannwhitneyu(-of.elbo[is_odd], -of.elbo[~is_odd]).statistic
    check(f"{name}: AUROC by SciPy's U", stated, u / is_odd.sum() / (~is_odd).sum(), 5.1e-5)


anomalies(uses, "no-4", "4")
anomalies(uses, "no-1", "1")
anomalies(table, "cells", "malignant")

grey = scores("grey.csv")
stated = number(uses, r"\nVAE, -ELBO [^\n]*?([\d.]+) bits/dim")
check("grey: bits/dim", stated, -grey.elbo.mean() / 784 / np.log(2), 5.1e-3)
check("grey: the ELBO that `run` told", number(uses, r"✓ grey.*?test  elbo (-[\d.]+)"), grey.elbo.mean(), 5.1e-3)
check("grey: reconstruction + KL = -ELBO", 0, (grey.elbo + grey.reconstruction + grey.kl).abs().max(), 1e-3)


# KL(q(z|x) || N(0, I)) of each row, from the latents alone.
def divergence(latents):
    return 0.5 * (latents["mu"] ** 2 + np.exp(latents["logvar"]) - 1 - latents["logvar"]).sum(1)


cells = np.load(folder / "cells.npz")
by_row = scores("cells.csv").set_index("index").kl.loc[cells["index"]]
check("cells: KL of each row, from mu and logvar, relative", 0, (divergence(cells) / by_row - 1).abs().max(), 1e-4)
train, test = np.load(folder / "train.npz"), np.load(folder / "test.npz")
best = re.search(r"by trial (\w+) of digits", uses)[1]
told = re.findall(rf'"trial":"{best}\w*".*"test/kl":([\d.]+)', (folder / "results/digits/sweep.log").read_text())
check("digits: KL of the test images, as the trial told", float(told[-1]), divergence(test).mean(), 1e-3)
labels, labels_test = train["label"], test["label"]

images = np.load(folder / "mnist.npz")["images"].reshape(-1, 784) / 255
sets = {"pixels": (images[train["index"]], images[test["index"]]), "latents": (train["mu"], test["mu"])}
for name, (x, x_test) in sets.items():
    # Other starts end in other clusters.
    ends = [KMeans(10, n_init=4, random_state=seed).fit_predict(x_test) for seed in (1, 2)]
    for measure, of in [("NMI", normalized_mutual_info_score), ("ARI", adjusted_rand_score)]:
        stated = number(uses, rf"k-means on {name}.*?{measure} ([\d.]+)")
        check(f"k-means on {name}: {measure}", stated, np.mean([of(labels_test, found) for found in ends]), 0.06)
    for count in (100, 1000, 5000):
        line = rf"{count:,} labels, {name} +linear ([\d.]+), 5 nearest ([\d.]+)"
        linear, nearest = map(float, re.search(line, uses).groups())
        few, known = x[:count], labels[:count]
        # Another solver of the same problem, and all distances in place of a tree.
        found = LogisticRegression(solver="saga", tol=1e-3, max_iter=200, random_state=0).fit(few, known).score(x_test, labels_test)
        check(f"{count} labels, {name}: linear", linear, found, 0.01)
        found = KNeighborsClassifier(5, algorithm="brute").fit(few, known).score(x_test, labels_test)
        check(f"{count} labels, {name}: 5 nearest", nearest, found, 0.0051)

print(f"{failed} of the page's figures are other ones" if failed else "all figures of the pages are these")
sys.exit(failed > 0)
