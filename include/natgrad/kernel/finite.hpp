// SPDX-License-Identifier: MIT
#pragma once
/// Whether the numbers of a matrix are finite, at the speed of reading them.

#include "natgrad/kernel/parallel.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <Eigen/SparseCore>

#include <algorithm>
#include <atomic>

namespace natgrad::kernel {

/// No NaN and no infinity in x: dense with an inner stride of 1, or sparse, where the stored values count.
template <class Matrix>
bool all_finite(const Matrix& x) {
  const Index outer = x.outerSize();
  if constexpr (requires { x.innerIndexPtr(); }) {
    if (x.isCompressed()) return all_finite(x.valuePtr() + x.outerIndexPtr()[0], x.nonZeros());
    for (Index j = 0; j < outer; ++j) {
      if (!all_finite(x.valuePtr() + x.outerIndexPtr()[j], x.innerNonZeroPtr()[j])) return false;
    }
    return true;
  } else {
    const auto worth = static_cast<Index>(double(outer) * double(x.innerSize()) / work_a_part);
    const Index parts = std::max<Index>(1, std::min({most_parts, outer, worth}));
    std::atomic<bool> finite = true;
    for_each_part(parts, [&](Index part) {
      const Index first = outer * part / parts, last = outer * (part + 1) / parts;
      const bool one_run = x.outerStride() == x.innerSize();
      const Index length = x.innerSize() * (one_run ? last - first : 1);
      for (Index j = first; j < (one_run ? first + 1 : last); ++j) {
        if (!all_finite(x.data() + j * x.outerStride(), length)) finite = false;
      }
    });
    return finite;
  }
}

}  // namespace natgrad::kernel
