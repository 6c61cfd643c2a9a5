// SPDX-License-Identifier: MIT
#pragma once
/// Threads: OpenMP where the unit is compiled with it, else none. The work is cut by its size alone and added up in a
/// fixed order, so that the number of threads does not change a bit of the result.

#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/scratch.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <exception>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace natgrad::kernel {

using Eigen::Index;

/// The fewest multiplications that are worth a part of their own, and into how many parts a pass is cut at most.
inline constexpr double work_a_part = 8192;
inline constexpr Index most_parts = 16;

/// Into how many parts so many multiplications are worth cutting, each of which adds up `sums` numbers.
inline Index worth_parts(double work, Index sums = 0) {
  const double a_part = std::max(work_a_part, 64.0 * static_cast<double>(sums));
  return std::max<Index>(1, static_cast<Index>(std::min(double(most_parts), work / a_part)));
}

/// So many rows a block that the parts of a pass over n rows are alike, and a block has no more than `most`.
inline Index equal_rows(Index n, Index most, double work) {
  const Index parts = worth_parts(work), blocks = parts * ((n + parts * most - 1) / (parts * most));
  return (n + blocks - 1) / blocks;
}

/// n rows cut into parts of whole blocks; a thread takes one part at a time. A function of the sizes alone.
struct Cut {
  Index block, part, parts;

  /// work: multiplications of the whole pass; sums: how many numbers each part adds up, which the parts cost again.
  Cut(Index n, Index block_rows, double work, Index sums) : block(block_rows) {
    const Index blocks = std::max<Index>(1, (n + block - 1) / block);
    const Index worth = worth_parts(work, sums);
    part = (blocks + worth - 1) / worth * block;
    parts = std::max<Index>(1, (n + part - 1) / part);
  }
};

/// The inline namespace keeps units compiled with and without OpenMP apart.
inline namespace NATGRAD_ABI {

/// How many threads the next call may use.
inline int thread_count() {
#ifdef _OPENMP
  return omp_in_parallel() ? 1 : omp_get_max_threads();
#else
  return 1;
#endif
}

/// Calls part(k) once for each k in [0, parts), in no fixed order where there are threads. Of several exceptions
/// that of the first part is passed on, after all parts have ended.
template <class Part>
void for_each_part(Index parts, const Part& part) {
#ifdef _OPENMP
  if (parts > 1 && thread_count() > 1) {
#ifdef __cpp_exceptions
    std::exception_ptr failure;
    Index failed = parts;
#pragma omp parallel for schedule(dynamic, 1)
    for (Index k = 0; k < parts; ++k) {
      try {
        part(k);
      } catch (...) {
#pragma omp critical(natgrad_failure)
        if (k < failed) failed = k, failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
#else
#pragma omp parallel for schedule(dynamic, 1)
    for (Index k = 0; k < parts; ++k) part(k);
#endif
    return;
  }
#endif
  for (Index k = 0; k < parts; ++k) part(k);
}

/// total ← Σₖ sumsₖ, where part(k, sums) adds its share to `size` zeros. Always added in the order of k.
template <class T, class Part>
void sum_parts(Index parts, Index size, T* total, const Part& part) {
  fill(total, size, T(0));
  if (parts == 1) return part(Index(0), total);
  Scratch scratch;
  const bool together = thread_count() > 1;
  T* sums = scratch.take<T>(together ? parts * size : size);
  const auto add = [total, size](const T* sum) {
    for (Index i = 0; i < size; ++i) total[i] += sum[i];
  };
  if (together) {
    for_each_part(parts, [&](Index k) {
      fill(sums + k * size, size, T(0));
      part(k, sums + k * size);
    });
    for (Index k = 0; k < parts; ++k) add(sums + k * size);
  } else {
    for (Index k = 0; k < parts; ++k) {
      fill(sums, size, T(0));
      part(k, sums);
      add(sums);
    }
  }
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
