// Draws by rejection as operators: as many attempts as each element takes, on the device, with nothing for the host to look at.
#pragma once

#include <ATen/core/Tensor.h>

namespace probnet {

// One element for each of a, whose elements lie draw by draw, `event` of them each.
at::Tensor gamma(const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& shape, int64_t stream, int64_t event);
at::Tensor poisson(const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& rate, int64_t stream, int64_t event);
at::Tensor binomial(const at::Tensor& seed, const at::Tensor& step, const at::Tensor& draw, const at::Tensor& trials, const at::Tensor& probability, int64_t stream, int64_t event);

/// What NVRTC compiles for them.
std::string draws_source();

}  // namespace probnet
