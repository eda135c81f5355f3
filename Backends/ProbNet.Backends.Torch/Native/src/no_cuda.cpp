#include "cuda.h"

#include <stdexcept>

namespace probnet {

namespace {
[[noreturn]] void refuse() { throw std::runtime_error("CUDA error: this libtorch was built without CUDA"); }
}  // namespace

int32_t cuda_devices() { return 0; }
std::string cuda_name(int32_t) { refuse(); }
void cuda_memory(int32_t, int64_t[3]) { refuse(); }
void cuda_synchronize(int32_t) { refuse(); }
void* cuda_stream(int32_t) { refuse(); }
void cuda_write(at::Tensor&, const void*, int64_t) { refuse(); }
std::unique_ptr<Replay> capture(c10::Device, const std::function<void()>&, std::string& refusal) {
  refusal = "the device has no graphs";
  return nullptr;
}

}  // namespace probnet
