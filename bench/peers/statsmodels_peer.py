# SPDX-License-Identifier: MIT
"""statsmodels, with the command line of peer.hpp. Its Logit has no ridge: it fits the problem without one."""

import sys
import warnings

import statsmodels.api as sm

import python_peer


def fit(method, X, y, ridge):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = sm.Logit(y, X).fit(method="newton", tol=1e-10, maxiter=100, disp=0)
    return result.params, None, str(caught[0].message).splitlines()[0] if caught else ""


sys.exit(python_peer.main(sys.argv[1:], ["statsmodels Logit"], fit))
