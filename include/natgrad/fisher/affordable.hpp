// SPDX-License-Identifier: MIT
#pragma once

/// What a source may spend on a part of M where the objective gives it only through the whole.

#include "natgrad/core/vector.hpp"

namespace natgrad {

/// How much a matrix that serves only for its diagonal may take: 64 MiB.
template <class V>
bool affordable_for_diagonal(Index dimension) {
  return dimension * dimension * static_cast<Index>(sizeof(ScalarOf<V>)) <= (Index(1) << 26);
}

}  // namespace natgrad
