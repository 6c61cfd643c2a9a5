// SPDX-License-Identifier: MIT
#pragma once
/// Memory for the span of one kernel call, kept by the thread between calls: none is allocated once the calls repeat.

#include <cstddef>
#include <new>
#include <type_traits>
#include <vector>

namespace natgrad::kernel {

/// A thread's memory, taken and given back like a stack. An objective is const and may be shared by threads, so that
/// its kernels cannot keep buffers in it; a thread's own are safe, and live as long as the thread.
class ThreadMemory {
 public:
  struct Mark {
    std::size_t pieces, used;
  };

  static ThreadMemory& mine() {
    static thread_local ThreadMemory memory;
    return memory;
  }

  ThreadMemory() = default;
  ThreadMemory(const ThreadMemory&) = delete;
  ThreadMemory& operator=(const ThreadMemory&) = delete;
  ~ThreadMemory() { release(); }

  Mark mark() const noexcept { return {pieces_.size(), used_}; }

  [[gnu::noinline]] void give_back(Mark mark) noexcept {
    if (mark.used == 0 && pieces_.size() > 1)
      merge();
    else if (mark.pieces == pieces_.size() || mark.used == 0)
      used_ = mark.used;
  }

  void* take(std::size_t bytes) {
    bytes = (bytes + alignment - 1) / alignment * alignment;
    if (pieces_.empty() || pieces_.back().size - used_ < bytes) add(bytes);
    void* place = static_cast<char*>(pieces_.back().start) + used_;
    used_ += bytes;
    return place;
  }

 private:
  static constexpr std::size_t alignment = 64;
  struct Piece {
    void* start;
    std::size_t size;
  };

  void add(std::size_t bytes) {
    pieces_.reserve(pieces_.size() + 1);
    pieces_.push_back({::operator new (bytes, std::align_val_t{alignment}), bytes});
    used_ = 0;
  }

  /// What was needed in several pieces is one piece from now on. Where it cannot be had, the next call asks again.
  void merge() noexcept {
    std::size_t total = 0;
    for (const Piece& piece : pieces_) total += piece.size;
    release();
    if (void* start = ::operator new (total, std::align_val_t{alignment}, std::nothrow))
      pieces_.push_back({start, total});
  }

  void release() noexcept {
    for (const Piece& piece : pieces_) ::operator delete (piece.start, std::align_val_t{alignment});
    pieces_.clear();
    used_ = 0;
  }

  std::vector<Piece> pieces_;
  std::size_t used_ = 0;
};

/// What a kernel takes while this is in scope, it gives back at the end. Uninitialised, aligned to a cache line.
class Scratch {
 public:
  [[gnu::noinline]] Scratch() : memory_(ThreadMemory::mine()), mark_(memory_.mark()) {}
  ~Scratch() { memory_.give_back(mark_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  template <class T>
  T* take(std::ptrdiff_t count) {
    static_assert(std::is_trivially_destructible_v<T>,
                  "natgrad: the kernels compute with built-in floating-point types");
    return static_cast<T*>(memory_.take(static_cast<std::size_t>(count) * sizeof(T)));
  }

 private:
  ThreadMemory& memory_;
  ThreadMemory::Mark mark_;
};

}  // namespace natgrad::kernel
