#include "region_cuda.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "cuda.h"

namespace probnet {

const std::vector<DriverFunction>& CudaRegion::kernels(int device) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!source_) source_ = std::make_unique<const CudaSource>(cuda_source(*program_));
  const auto known = kernels_.find(device);
  if (known != kernels_.end()) return known->second;
  std::vector<std::string> names;
  for (const KernelLaunch& launch : source_->launches) names.push_back(launch.name);
  std::vector<DriverFunction> made;
  if (!names.empty()) made = compile_kernels(source_->text, device, names);
  return kernels_.emplace(device, std::move(made)).first->second;
}

void CudaRegion::run(c10::Device device, const void* const* inputs, void* const* results) const {
  use_device(device.index());
  void* stream = cuda_stream(device.index());
  const std::vector<DriverFunction>& functions = kernels(device.index());
  at::Tensor scratch;
  char* memory = nullptr;
  if (source_->scratch > 0) {
    scratch = at::empty({source_->scratch}, at::TensorOptions().dtype(c10::kByte).device(device));
    memory = static_cast<char*>(scratch.data_ptr());
  }
  std::vector<const void*> values;
  std::vector<void*> addresses;
  for (size_t k = 0; k < functions.size(); k++) {
    const KernelLaunch& launch = source_->launches[k];
    const size_t count = launch.arguments.size();
    // All arguments are pointers; up to here every driver takes them.
    if (count > 500) throw std::runtime_error("region: a kernel works on " + std::to_string(count) + " tensors, at most 500 can be handed over");
    values.resize(count);
    addresses.resize(count);
    for (size_t a = 0; a < count; a++) {
      const KernelArgument& what = launch.arguments[a];
      values[a] = what.kind == KernelArgument::Input ? inputs[what.index] : what.kind == KernelArgument::Result ? results[what.index] : memory + what.index;
      addresses[a] = &values[a];
    }
    launch_kernel(functions[k], launch.blocks_x, launch.blocks_y, kThreads, stream, addresses.data());
  }
}

}  // namespace probnet
