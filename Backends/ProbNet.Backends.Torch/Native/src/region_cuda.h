// A program on CUDA. Its source is made at run time and compiled by NVRTC; without CUDA there is nothing to run it on.
#pragma once

#include <memory>

#include <c10/core/Device.h>

#include "program.h"

namespace probnet {

/// A program as kernels of a CUDA device.
class CudaRegion {
 public:
  explicit CudaRegion(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  /// Queues one run on the current stream of the device.
  void run(c10::Device device, const void* const* inputs, void* const* results) const;

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace probnet
