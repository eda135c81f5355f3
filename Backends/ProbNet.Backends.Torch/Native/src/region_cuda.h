// A program on CUDA: its source is made and compiled when it first runs on a device.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <c10/core/Device.h>

#include "cuda_driver.h"
#include "cuda_source.h"
#include "program.h"

namespace probnet {

/// A program as kernels of CUDA devices.
class CudaRegion {
 public:
  explicit CudaRegion(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  /// Queues one run on the current stream of the device, which is the current one. Scratch memory comes from libtorch's allocator; nothing waits.
  void run(c10::Device device, const void* const* inputs, void* const* results) const;

 private:
  const std::vector<DriverFunction>& kernels(int device) const;

  std::shared_ptr<const Program> program_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<const CudaSource> source_;
  mutable std::map<int, std::vector<DriverFunction>> kernels_;
};

}  // namespace probnet
