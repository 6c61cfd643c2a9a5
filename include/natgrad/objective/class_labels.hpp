// SPDX-License-Identifier: MIT
#pragma once

/// The labels 0 … K − 1 of n samples.

#include "natgrad/core/require.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <vector>

namespace natgrad::detail {

using Eigen::Index;

class ClassLabels {
 public:
  /// labels: n whole numbers of any type; classes: K, or 0 for the largest label + 1. `model` is named in what is thrown.
  template <class Labels>
  ClassLabels(const char* model, const Labels& labels, Index classes) {
    Index largest = 0;
    for (Index i = 0; i < static_cast<Index>(labels.size()); ++i) {
      const double label = static_cast<double>(labels[static_cast<decltype(labels.size())>(i)]);
      const bool whole = label >= 0 && label < 1e9 && label == std::floor(label);
      if (!whole) reject(Argument(model, "labels").at(i), label, "a whole number 0 … K − 1");
      labels_.push_back(static_cast<int>(label));
      largest = std::max<Index>(largest, labels_.back());
      from_zero_ = from_zero_ || labels_.back() == 0;
    }
    classes_ = classes == 0 ? largest + 1 : classes;
    require(largest < classes_, {model, "max(labels)"}, largest, "a number below options.classes");
    require(classes_ >= 2, {model, "classes"}, classes_, "at least two classes");
  }

  Index operator[](Index i) const { return labels_[static_cast<std::size_t>(i)]; }
  Index count() const { return static_cast<Index>(labels_.size()); }
  Index classes() const { return classes_; }
  /// Labels that count from 1, as R's do, leave class 0 without a sample.
  bool from_zero() const { return from_zero_; }
  const std::vector<int>& all() const { return labels_; }

 private:
  std::vector<int> labels_;
  Index classes_ = 0;
  bool from_zero_ = false;
};

}  // namespace natgrad::detail
