# SPDX-License-Identifier: MIT
"""scikit-learn and SciPy, with the command line of peer.hpp. Printed is one line of JSON."""

import sys
import warnings

import numpy as np
import scipy.optimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
import sklearn

import python_peer

METHODS = {
    "scikit-learn newton-cholesky": "newton-cholesky",
    "scikit-learn newton-cg": "newton-cg",
    "scikit-learn lbfgs": "lbfgs",
    "SciPy L-BFGS-B": None,
}

# Up to 1.3 its loss is the sum over the samples, and so is the gradient that tol is compared with; from 1.4 on the mean.
SUMS = tuple(int(part) for part in sklearn.__version__.split(".")[:2]) < (1, 4)


def fit_sklearn(solver, X, y, ridge):
    n = len(y)
    model = LogisticRegression(
        solver=solver, C=1 / (n * ridge), fit_intercept=False, tol=1e-8 * (n if SUMS else 1), max_iter=2000)
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


sys.exit(python_peer.main(sys.argv[1:], list(METHODS), fit))
