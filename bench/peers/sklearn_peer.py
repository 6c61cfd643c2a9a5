# SPDX-License-Identifier: MIT
"""scikit-learn and SciPy, with the command line of peer.hpp. Printed is one line of JSON."""

import sys
import warnings

import numpy as np
import scipy.optimize
import scipy.special
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

import python_peer

METHODS = {
    "scikit-learn newton-cholesky": "newton-cholesky",
    "scikit-learn newton-cg": "newton-cg",
    "scikit-learn lbfgs": "lbfgs",
    "SciPy L-BFGS-B": None,
}

# solver → tol. Its scale differs between versions and solvers: some compare it with the gradient of a sum over the samples.
TOLERANCES = {}


def gradient_norm(w, X, y, ridge):
    return np.max(np.abs(X.T @ (scipy.special.expit(X @ w) - y) / len(y) + ridge * w))


def prepare(method, X, y, ridge):
    """Takes the loose scale where it is enough, so that no solver is asked for more than the others."""
    solver = METHODS[method]
    if solver is not None:
        TOLERANCES[solver] = 1e-8 * len(y)
        if gradient_norm(fit_sklearn(solver, X, y, ridge)[0], X, y, ridge) > 1e-8:
            TOLERANCES[solver] = 1e-8


def fit_sklearn(solver, X, y, ridge):
    model = LogisticRegression(
        solver=solver, C=1 / (len(y) * ridge), fit_intercept=False, tol=TOLERANCES[solver], max_iter=2000)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y)
    wrong = [str(w.message).splitlines()[0] for w in caught if issubclass(w.category, (ConvergenceWarning, UserWarning))]
    return model.coef_[0], None, wrong[0] if wrong else ""


def fit_scipy(X, y, ridge):
    n = len(y)

    def objective(w):
        m = X @ w
        e = np.exp(-np.abs(m))
        p = np.where(m > 0, 1, e) / (1 + e)
        loss = np.mean(np.maximum(m, 0) - y * m + np.log1p(e))
        return loss + ridge / 2 * (w @ w), X.T @ (p - y) / n + ridge * w

    result = scipy.optimize.minimize(
        objective, np.zeros(X.shape[1]), jac=True, method="L-BFGS-B",
        options={"gtol": 1e-8, "ftol": 0, "maxiter": 100_000, "maxfun": 5000, "maxcor": 10})
    return result.x, result.nfev, "" if result.success else str(result.message)


def fit(method, X, y, ridge):
    solver = METHODS[method]
    return fit_scipy(X, y, ridge) if solver is None else fit_sklearn(solver, X, y, ridge)


sys.exit(python_peer.main(sys.argv[1:], list(METHODS), fit, prepare))
