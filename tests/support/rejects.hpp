// SPDX-License-Identifier: MIT
/// A programmer's error throws std::invalid_argument that names the argument, its value and what is wanted.
#pragma once

#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace natgrad::test {

/// call throws std::invalid_argument whose text begins with "natgrad: " and has each of `words` and "wanted".
inline bool rejects(const std::function<void()>& call, std::initializer_list<std::string> words) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    const std::string text = error.what();
    bool named = text.rfind("natgrad: ", 0) == 0 && text.find("wanted") != std::string::npos;
    for (const std::string& word : words) named = named && text.find(word) != std::string::npos;
    return named;
  }
  return false;
}

}  // namespace natgrad::test
