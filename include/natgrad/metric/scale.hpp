// SPDX-License-Identifier: MIT
#pragma once

/// How much of D, the scale of M + λD and of ‖·‖_D, outlives a step.

namespace natgrad::detail {

/// D ← max(|diag M|, kept·D), kept = 0.87 for Fisher and Gauss–Newton matrices: they lose an entry where a parameter loses its
/// influence, and λ·diag M would let that parameter run away. Moré (1978) keeps the largest for good, which never forgives a start
/// where M was huge. 0 for what is no such source, and beside a damping of the user's own, whose D is that of the point.
template <class Source>
constexpr double kept_scale(double own_damping) {
  constexpr bool collapses = requires { requires Source::keeps_scale; };
  return collapses && !(own_damping > 0) ? 0.87 : 0.0;
}

}  // namespace natgrad::detail
