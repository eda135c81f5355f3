// A program as CUDA C: kernels and how they are launched. It needs no CUDA, so it is made and tested everywhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "program.h"

namespace probnet {

/// What a kernel is handed: the address of an input, of a result, or of a place in scratch memory.
struct KernelArgument {
  enum Kind { Input, Result, Scratch } kind;
  int64_t index;   // of the input or result, or bytes into the scratch memory
};

/// A launch of kThreads threads a block.
struct KernelLaunch {
  std::string name;
  std::vector<KernelArgument> arguments;
  int64_t blocks_x = 1, blocks_y = 1;
};

constexpr int kThreads = 256;

/// The text of all kernels and their launches, in order. What writes over inputs comes last.
struct CudaSource {
  std::string text;
  std::vector<KernelLaunch> launches;
  int64_t scratch = 0;   // bytes
};

CudaSource cuda_source(const Program& program);

}  // namespace probnet
