// SPDX-License-Identifier: MIT
#pragma once

/// The one file from which every peer reads the same problem: int64 n, int64 d, double ridge, X by columns, y.

#include <Eigen/Dense>

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

namespace peers {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Data {
  MatrixXd X;
  VectorXd y;
  double ridge = 0;
};

namespace detail {

template <class T>
void write(std::ofstream& file, const T* from, Index count) {
  file.write(reinterpret_cast<const char*>(from), count * static_cast<Index>(sizeof(T)));
}

template <class T>
void read(std::ifstream& file, T* to, Index count) {
  file.read(reinterpret_cast<char*>(to), count * static_cast<Index>(sizeof(T)));
}

}  // namespace detail

inline void write_data(const std::string& path, const Data& data) {
  std::ofstream file(path, std::ios::binary);
  const std::int64_t size[2] = {data.X.rows(), data.X.cols()};
  detail::write(file, size, 2);
  detail::write(file, &data.ridge, 1);
  detail::write(file, data.X.data(), data.X.size());
  detail::write(file, data.y.data(), data.y.size());
  if (!file) throw std::runtime_error("cannot write " + path);
}

inline Data read_data(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::int64_t size[2] = {0, 0};
  detail::read(file, size, 2);
  Data data{MatrixXd(size[0], size[1]), VectorXd(size[0])};
  detail::read(file, &data.ridge, 1);
  detail::read(file, data.X.data(), data.X.size());
  detail::read(file, data.y.data(), data.y.size());
  if (!file) throw std::runtime_error("cannot read " + path);
  return data;
}

/// The answer of a peer: d doubles and nothing else, which Python and R can write too.
inline void write_answer(const std::string& path, const VectorXd& x) {
  std::ofstream file(path, std::ios::binary);
  detail::write(file, x.data(), x.size());
}

inline VectorXd read_answer(const std::string& path, Index d) {
  std::ifstream file(path, std::ios::binary);
  VectorXd x(d);
  detail::read(file, x.data(), d);
  if (!file) throw std::runtime_error("cannot read " + path);
  return x;
}

}  // namespace peers
