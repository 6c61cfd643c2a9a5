// SPDX-License-Identifier: MIT
#pragma once

/// Whether this is a smoke test: bench/run --quick sets NATGRAD_BENCH_QUICK, and only small cases are registered.

#include <cstdlib>

namespace bench {

inline bool quick() { return std::getenv("NATGRAD_BENCH_QUICK") != nullptr; }

}  // namespace bench
