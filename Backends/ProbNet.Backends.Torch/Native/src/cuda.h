// What the shim needs of CUDA. Without it the same functions say so: cuda.cpp is built where libtorch has CUDA, no_cuda.cpp elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

namespace probnet {

/// A captured run that can be replayed.
struct Replay {
  virtual ~Replay() = default;
  virtual void run() = 0;
};

int32_t cuda_devices();
/// For people: the name, memory and compute capability, "NVIDIA H200, 139.8 GiB, sm_90".
std::string cuda_name(int32_t index);
void cuda_memory(int32_t index, int64_t bytes[3]);
void cuda_synchronize(int32_t index);
/// The current stream of a device, as the driver knows it.
void* cuda_stream(int32_t index);

/// Copies host values to a tensor on the device, in the order of the device's work, without waiting for it.
void cuda_write(at::Tensor& to, const void* values, int64_t bytes);

/// Captures what `run` queues, without doing it; it must have run before, so that whatever is made at first is there. Null where the device has no graphs or the work cannot be
/// captured, with the reason; it can then still be run.
std::unique_ptr<Replay> capture(c10::Device device, const std::function<void()>& run, std::string& refusal);

}  // namespace probnet
