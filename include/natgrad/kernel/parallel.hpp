// SPDX-License-Identifier: MIT
#pragma once
/// Threads: OpenMP where the translation unit is compiled with it, else none. The work is cut by n and d alone.

#include <Eigen/Core>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace natgrad::kernel {

using Eigen::Index;

/// Calls part(k) once for each k in [0, parts), on as many threads as OpenMP offers, in no fixed order.
template <class Part>
void for_each_part(Index parts, const Part& part) {
  for (Index k = 0; k < parts; ++k) part(k);
}

}  // namespace natgrad::kernel
