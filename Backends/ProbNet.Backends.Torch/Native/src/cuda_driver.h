// NVRTC and the CUDA driver, found when they are first needed. Both have a C interface that has not changed in many releases; what is used of it is declared here, so that
// neither is needed to build, and a library for the CPU is the same as one for CUDA up to the few calls of cuda.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace probnet {

/// A kernel of a loaded module, as the driver knows it.
using DriverFunction = struct CUfunc_st*;

/// Compiles CUDA C for a device and loads it there, where it stays: captured graphs refer to it, and the same text is not compiled twice.
/// @param text     the source
/// @param device   the device's number
/// @param kernels  names of extern "C" kernels
/// @param options  further words for NVRTC
/// @throws std::runtime_error with NVRTC's or the driver's words
const std::vector<DriverFunction>& compile_kernels(const std::string& text, int device, const std::vector<std::string>& kernels, const std::vector<std::string>& options = {});

/// Makes the device's context this thread's. CUDA's runtime does so with a thread's first call; what only launches kernels may come before that.
void use_device(int device);

/// Queues a launch on a stream of the current device.
/// @param arguments  the address of each argument
void launch_kernel(DriverFunction function, int64_t blocks_x, int64_t blocks_y, int threads, void* stream, void** arguments);

/// For people: the name, memory and architecture of a device, "NVIDIA H200, 139.8 GiB, sm_90".
std::string device_name(int device);

}  // namespace probnet
