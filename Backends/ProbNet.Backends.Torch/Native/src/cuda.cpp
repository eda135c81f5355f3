// CUDA through libtorch: its allocators, streams and graphs. Of CUDA itself only headers are needed to build this.
#include "cuda.h"

#include <cstring>
#include <utility>

#include <ATen/Functions.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/version.h>

#include "cuda_driver.h"

namespace probnet {

namespace {

c10::Device device_of(int32_t index) { return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index)); }

/// A graph with the device that it was captured on.
struct CapturedGraph final : Replay {
  explicit CapturedGraph(c10::Device on) : device(on) {}
  void run() override {
    const c10::DeviceGuard guard(device);
    graph.replay();
  }
  c10::Device device;
  at::cuda::CUDAGraph graph;
};

void begin(at::cuda::CUDAGraph& graph) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
  // What other threads do meanwhile, such as copies for another fit, is their own affair.
  graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
#else
  graph.capture_begin();
#endif
}

}  // namespace

int32_t cuda_devices() { return static_cast<int32_t>(c10::cuda::device_count()); }

std::string cuda_name(int32_t index) { return device_name(index); }

void cuda_memory(int32_t index, int64_t bytes[3]) {
  // The allocator's books exist from its first use on.
  at::empty({0}, at::TensorOptions().dtype(c10::kByte).device(device_of(index)));
  const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(index));
  bytes[0] = stats.allocated_bytes[0].current;
  bytes[1] = stats.reserved_bytes[0].current;
  bytes[2] = stats.allocated_bytes[0].peak;
}

void cuda_synchronize(int32_t index) {
  const c10::DeviceGuard guard(device_of(index));
  c10::cuda::device_synchronize();
}

void* cuda_stream(int32_t index) { return c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(index)).stream(); }

void cuda_write(at::Tensor& to, const void* values, int64_t bytes) {
  const c10::InferenceMode inference;
  const c10::DeviceGuard guard(to.device());
  // Page-locked memory from libtorch's allocator, which hands it out again only when the copy out of it is done: it keeps an event for each.
  const at::Tensor staged = at::empty(to.sizes(), to.options().device(c10::kCPU).pinned_memory(true));
  std::memcpy(staged.data_ptr(), values, static_cast<size_t>(bytes));
  to.copy_(staged, /*non_blocking=*/true);
}

std::unique_ptr<Replay> capture(c10::Device device, const std::function<void()>& run, std::string& refusal) {
  const c10::DeviceGuard device_guard(device);
  // Nothing that the captured work uses may be under way on another stream.
  c10::cuda::device_synchronize();
  auto captured = std::make_unique<CapturedGraph>(device);
  try {
    const c10::cuda::CUDAStreamGuard stream_guard(c10::cuda::getStreamFromPool(false, device.index()));
    begin(captured->graph);
    try {
      run();
    } catch (...) {
      // The stream has to leave its capture, whatever becomes of it.
      try {
        captured->graph.capture_end();
      } catch (...) {
      }
      throw;
    }
    captured->graph.capture_end();
    return captured;
  } catch (const c10::Error& e) {
    refusal = e.what_without_backtrace();
  } catch (const std::exception& e) {
    refusal = e.what();
  }
  // libtorch's allocator may go on asking a graph whose capture broke whether memory is for it: it has to stay.
  captured.release();
  return nullptr;
}

}  // namespace probnet
