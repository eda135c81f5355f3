#include "draws.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>

#include "cuda.h"
#include "cuda_driver.h"
#include "cuda_source.h"
#include "kernel_text.h"

namespace probnet {

namespace {

#include "kernel.inl"
#include "draws.inl"

enum Kind { Gamma, Poisson, Binomial };

template <typename T>
void on_cpu(Kind kind, const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& a, const at::Tensor& b, u32 stream, int64_t event, double smallest, at::Tensor& result) {
  const i64 seed_value = *seed.data_ptr<int64_t>(), step_value = *step.data_ptr<int64_t>();
  // The platform's 64-bit integers under their other name.
  const i64* draws = reinterpret_cast<const i64*>(draw.data_ptr<int64_t>());
  const T *first = a.data_ptr<T>(), *second = b.data_ptr<T>();
  T* to = result.data_ptr<T>();
  at::parallel_for(0, result.numel(), 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) to[i] = draw_element<T>(kind, seed_value, step_value, draws, stream, event, first, second, smallest, i);
  });
}

void on_cuda(Kind kind, const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& a, const at::Tensor& b, u32 stream, int64_t event, double smallest, at::Tensor& result) {
  const int device = a.device().index();
  const c10::DeviceGuard guard(a.device());
  use_device(device);
  void* queue = cuda_stream(device);
  // No contraction: the attempts that are accepted are then those of the CPU but for the last digit of a logarithm.
  static const std::string text = draws_source();
  const DriverFunction function = compile_kernels(text, device, {"draw_f32", "draw_f64"}, {"--fmad=false"})[a.scalar_type() == c10::kFloat ? 0 : 1];
  int which = kind;
  i64 each = event, count = result.numel();
  const void *seed_at = seed.data_ptr(), *step_at = step.data_ptr(), *draw_at = draw.data_ptr(), *a_at = a.data_ptr(), *b_at = b.data_ptr();
  void* to = result.data_ptr();
  void* arguments[] = {&which, &seed_at, &step_at, &draw_at, &stream, &each, &a_at, &b_at, &smallest, &to, &count};
  launch_kernel(function, std::min<int64_t>((count + kThreads - 1) / kThreads, 1 << 16), 1, kThreads, queue, arguments);
}

at::Tensor drawn(Kind kind, const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& a, const at::Tensor& b, int64_t stream, int64_t event) {
  const c10::ScalarType type = a.scalar_type();
  TORCH_CHECK(type == c10::kFloat || type == c10::kDouble, "draw: parameters are ", type, ", not floating point");
  TORCH_CHECK(b.scalar_type() == type && b.numel() == a.numel(), "draw: the parameters differ in type or number");
  TORCH_CHECK(seed.scalar_type() == c10::kLong && step.scalar_type() == c10::kLong && draw.scalar_type() == c10::kLong, "draw: counters are 64-bit integers");
  TORCH_CHECK(seed.numel() == 1 && step.numel() == 1, "draw: a seed and a step are one number each");
  at::Tensor result = at::empty(a.sizes(), a.options());
  if (result.numel() == 0) return result;
  TORCH_CHECK(event >= 1 && draw.numel() * event == a.numel(), "draw: ", a.numel(), " parameters for ", draw.numel(), " draws of ", event);
  const double smallest = type == c10::kFloat ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min();
  const at::Tensor draws = draw.contiguous(), first = a.contiguous(), second = b.contiguous();
  const u32 number = static_cast<u32>(stream);
  if (!a.device().is_cpu()) on_cuda(kind, seed, step, draws, first, second, number, event, smallest, result);
  else if (type == c10::kFloat) on_cpu<float>(kind, seed, step, draws, first, second, number, event, smallest, result);
  else on_cpu<double>(kind, seed, step, draws, first, second, number, event, smallest, result);
  return result;
}

}  // namespace

at::Tensor gamma(const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& shape, int64_t stream, int64_t event) {
  return drawn(Gamma, seed, step, draw, shape, shape, stream, event);
}

at::Tensor poisson(const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& rate, int64_t stream, int64_t event) {
  return drawn(Poisson, seed, step, draw, rate, rate, stream, event);
}

at::Tensor binomial(const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& trials, const at::Tensor& probability, int64_t stream, int64_t event) {
  return drawn(Binomial, seed, step, draw, trials, probability, stream, event);
}

std::string draws_source() {
  std::string text = std::string(kKernelText) + kDrawsText;
  for (const auto& [name, type] : {std::pair<const char*, const char*>{"draw_f32", "float"}, {"draw_f64", "double"}})
    text += std::string("\nPN_KERNEL ") + name + "(int kind, const i64* seed, const i64* step, const i64* draws, u32 stream, i64 event, const " + type + "* a, const " + type + "* b, double smallest, " + type +
            "* to, i64 count) {\n  for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += (i64)gridDim.x * blockDim.x)\n    to[i] = draw_element<" + type +
            ">(kind, *seed, *step, draws, stream, event, a, b, smallest, i);\n}\n";
  return text;
}

}  // namespace probnet
