// SPDX-License-Identifier: MIT
#pragma once

/// What an example says about itself, checked: a false claim ends in exit code 1.

#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace example {

/// Claims claims; claims.add(x < 1, "x is small"); return claims.report();
class Claims {
 public:
  void add(bool holds, std::string sentence) { claims_.push_back({holds, std::move(sentence)}); }

  /// Prints each claim with its verdict; the exit code of main().
  int report() const {
    int failures = 0;
    std::cout << "\nClaims of this example, checked:\n\n";
    for (const Claim& claim : claims_) {
      std::cout << (claim.holds ? "  true   " : "  FALSE  ") << claim.sentence << '\n';
      failures += !claim.holds;
    }
    if (failures > 0) std::cout << "\nFAILED: " << failures << " of " << claims_.size() << " claims\n";
    return failures > 0 ? 1 : 0;
  }

 private:
  struct Claim {
    bool holds;
    std::string sentence;
  };
  std::vector<Claim> claims_;
};

}  // namespace example
