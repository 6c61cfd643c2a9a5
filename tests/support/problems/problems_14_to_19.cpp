// SPDX-License-Identifier: MIT
#include "support/problems/make_problem.hpp"
#include "support/problems/more_garbow_hillstrom.hpp"

#include <array>
#include <cmath>
#include <cstddef>

// Moré, Garbow & Hillstrom (1981), problems 14–19.

namespace natgrad::test {

namespace {

struct Wood {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    r[0] = 10 * (x[1] - x[0] * x[0]);
    r[1] = 1 - x[0];
    r[2] = Constant<T>(std::sqrt(90.0)) * (x[3] - x[2] * x[2]);
    r[3] = 1 - x[2];
    r[4] = Constant<T>(std::sqrt(10.0)) * (x[1] + x[3] - 2);
    r[5] = (x[1] - x[3]) / Constant<T>(std::sqrt(10.0));
  }
};

struct KowalikOsborne {
  static constexpr std::array<double, 11> y{.1957, .1947, .1735, .1600, .0844, .0627,
                                            .0456, .0342, .0323, .0235, .0246};
  static constexpr std::array<double, 11> u{4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto ui = static_cast<Constant<T>>(u[i]);
      r[static_cast<Eigen::Index>(i)] =
          Constant<T>(y[i]) - x[0] * (ui * (ui + x[1])) / (ui * (ui + x[2]) + x[3]);
    }
  }
};

struct BrownDennis {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    for (Eigen::Index i = 0; i < r.size(); ++i) {
      const double t = static_cast<double>(i + 1) / 5;
      const T first = x[0] + Constant<T>(t) * x[1] - Constant<T>(std::exp(t));
      const T second = x[2] + Constant<T>(std::sin(t)) * x[3] - Constant<T>(std::cos(t));
      r[i] = first * first + second * second;
    }
  }
};

struct Osborne1 {
  static constexpr std::array<double, 33> y{.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751,
                                            .718, .685, .658, .628, .603, .580, .558, .538, .522, .506, .490,
                                            .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto t = 10 * static_cast<Constant<T>>(i);
      r[static_cast<Eigen::Index>(i)] =
          Constant<T>(y[i]) - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4]));
    }
  }
};

struct BiggsExp6 {
  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (Eigen::Index i = 0; i < r.size(); ++i) {
      const double t = static_cast<double>(i + 1) / 10;
      const double y = std::exp(-t) - 5 * std::exp(-10 * t) + 3 * std::exp(-4 * t);
      const auto c = static_cast<Constant<T>>(t);
      r[i] =
          x[2] * exp(-c * x[0]) - x[3] * exp(-c * x[1]) + x[5] * exp(-c * x[4]) - static_cast<Constant<T>>(y);
    }
  }
};

struct Osborne2 {
  static constexpr std::array<double, 65> y{
      1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608,
      .655,  .616,  .606,  .602,  .626, .651, .724, .649, .649, .694, .644, .624, .661,
      .612,  .558,  .533,  .495,  .500, .423, .395, .375, .372, .391, .396, .405, .428,
      .429,  .523,  .562,  .607,  .653, .672, .708, .633, .668, .645, .632, .591, .559,
      .597,  .625,  .739,  .710,  .729, .720, .636, .581, .428, .292, .162, .098, .054};

  template <class T>
  void operator()(const Vector<T>& x, Vector<T>& r) const {
    using std::exp;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto t = static_cast<Constant<T>>(static_cast<double>(i) / 10);
      T model = x[0] * exp(-t * x[4]);
      for (Eigen::Index k = 1; k < 4; ++k) {
        const T distance = t - x[7 + k];
        model += x[k] * exp(-distance * distance * x[4 + k]);
      }
      r[static_cast<Eigen::Index>(i)] = Constant<T>(y[i]) - model;
    }
  }
};

}  // namespace

std::vector<Problem> problems_14_to_19() {
  return {
      make_problem(Wood{}, 14, "Wood", vector({-3, -1, -3, -1}), 6, {published(0)}, {vector({1, 1, 1, 1})}),
      make_problem(KowalikOsborne{}, 15, "Kowalik and Osborne", vector({0.25, 0.39, 0.415, 0.39}), 11,
                   {published(3.07505603849e-4), infimum(1.02734304870e-3), infimum(9.44631295942e-4),
                    local(1.594352026e-3)},
                   {vector({0.1928069346, 0.1912823287, 0.1230565069, 0.1360623307}),
                    vector({0.2339237309, -1.292283387, -0.8358331956, -0.5506774225})}),
      make_problem(BrownDennis{}, 16, "Brown and Dennis", vector({25, 5, -5, -1}), 20,
                   {published(85822.2016264)},
                   {vector({-11.5944399, 13.20363005, -0.4034394882, 0.2367787745})}),
      make_problem(Osborne1{}, 17, "Osborne 1", vector({0.5, 1.5, -1, 0.01, 0.02}), 33,
                   {published(5.46489469748e-5), infimum(4.66947914685e-2)},
                   {vector({0.3754100521, 1.935846913, -1.464687137, 0.01286753464, 0.02212269966})}),
      // 5.65565e-3 is a saddle (x₁ = x₅) at which first-order methods stop.
      make_problem(BiggsExp6{}, 18, "Biggs EXP6", vector({1, 2, 1, 1, 1, 1}), 13,
                   {published(0), published(5.65565e-3), infimum(4.4681237176e-3)},
                   {vector({1, 10, 1, 5, 4, 3})}),
      make_problem(Osborne2{}, 19, "Osborne 2", vector({1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5}), 65,
                   {published(4.01377362935e-2), local(1.78981358688)},
                   {vector({1.309977155, 0.4315537946, 0.633661699, 0.5994305348, 0.7541832263, 0.9042885799,
                            1.365811835, 4.823698817, 2.398684866, 4.568874598, 5.675341471}),
                    vector({0.917038418803, 65, 65, 70, 0.132754781095, 300, 500, 700, 200, 450, 550})}),
  };
}

}  // namespace natgrad::test
