// SPDX-License-Identifier: MIT
#pragma once

/// F ≈ G⊗A, layer by layer: A = E[aaᵀ] of a layer's inputs, G = E[γγᵀ] of the gradients at its outputs, with labels drawn
/// from the model (Martens & Grosse 2015).

#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"

#include <vector>

namespace natgrad {

template <class V>
using Factor = Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, Eigen::Dynamic>;

/// A ← inputs × inputs and G ← outputs × outputs of one layer, means over samples, resized by the objective. The layers lie
/// in x one after the other, each as its inputs×outputs weight matrix by columns; they end where x does.
template <class F, class V>
concept HasFisherFactors = requires(const F& f, const V& x, Index layer, Factor<V>& A, Factor<V>& G) {
  f.fisher_factors(x, layer, A, G);
};

template <class V>
struct LayerFactors {
  Factor<V> A;
  Factor<V> G;
};

/// Reads the factors of every layer.
template <class F, class V>
void read_factors(const F& f, const V& x, std::vector<LayerFactors<V>>& layers) {
  Index covered = 0;
  for (std::size_t layer = 0; covered < x.size(); ++layer) {
    if (layer == layers.size()) layers.emplace_back();
    auto& [A, G] = layers[layer];
    f.fisher_factors(x, static_cast<Index>(layer), A, G);
    detail::require(A.rows() > 0 && G.rows() > 0 && A.rows() == A.cols() && G.rows() == G.cols(),
                    "fisher_factors: A.rows()*G.rows()", A.rows() * G.rows(),
                    "square factors that are not empty");
    covered += A.rows() * G.rows();
  }
  detail::require(covered == x.size(), "fisher_factors: parameters covered by the layers", covered,
                  "exactly x.size()");
}

}  // namespace natgrad
