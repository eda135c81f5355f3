// The operators that scripts call as `probnet.name`.
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/stack.h>
#include <c10/core/DeviceGuard.h>
#include <c10/util/SmallVector.h>
#include <torch/library.h>

#include "draws.h"
#include "region.h"
#include "region_cuda.h"

namespace probnet {

namespace {

c10::ScalarType scalar_type(Type type) {
  switch (type) {
    case Type::F32: return c10::kFloat;
    case Type::F64: return c10::kDouble;
    case Type::I64: return c10::kLong;
    default: return c10::kBool;
  }
}

/// What is asked of an input before a program reads it.
struct Need {
  bool read = false;
  c10::ScalarType type = c10::kFloat;
  int64_t elements = 0;
};

/// A program as it runs on each kind of device.
struct Region {
  explicit Region(const std::string& text) : program(parse_program(text)), cpu(program), needs(static_cast<size_t>(program->inputs)) {
    for (const Instruction& i : program->code) {
      if (i.is_draw()) {
        for (int k = 0; k < 3; k++) need(i.operands[k], c10::kLong, k < 2 ? 1 : (program->space + i.event - 1) / i.event);
      } else if (i.code == Code::Load) {
        int64_t last = i.sizes.empty() ? program->space - 1 : i.offset;
        for (size_t a = 0; a < i.sizes.size(); a++) last += (i.sizes[a] - 1) * i.strides[a];
        need(i.input, scalar_type(i.type), program->space == 0 ? 0 : last + 1);
      }
    }
  }

  std::shared_ptr<const Program> program;
  CpuRegion cpu;
  CudaRegion cuda{program};
  std::vector<Need> needs;

 private:
  void need(int input, c10::ScalarType type, int64_t elements) {
    Need& n = needs[static_cast<size_t>(input)];
    TORCH_CHECK(!n.read || n.type == type, "region: input ", input, " is read as ", n.type, " and as ", type);
    n = {true, type, std::max(n.elements, elements)};
  }
};

/// A region with tensors of earlier results that nobody holds any more: small ones are used again, since making one costs as much as filling it.
struct Known {
  c10::IValue text;
  std::shared_ptr<const Region> region;
  std::vector<at::Tensor> spare;
};

/// What a thread has met.
struct Seen {
  std::unordered_map<const void*, Known> regions;
  int64_t spare_bytes = 0;
};

constexpr int64_t kLargestSpare = 1 << 13, kMostSpareBytes = 1 << 26;
constexpr size_t kMostKnown = 1 << 14;

Seen& seen() {
  thread_local Seen made;
  return made;
}

/// The region of a text that all threads share.
std::shared_ptr<const Region> shared_region(const std::string& text) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::weak_ptr<const Region>> all;
  static size_t full = 1024;
  const std::lock_guard<std::mutex> lock(mutex);
  auto& shared = all[text];
  auto region = shared.lock();
  if (region) return region;
  shared = region = std::make_shared<const Region>(text);
  if (all.size() > full) {
    // Texts that no thread knows any more go.
    for (auto at = all.begin(); at != all.end();) at = at->second.expired() ? all.erase(at) : std::next(at);
    full = std::max<size_t>(1024, 2 * all.size());
  }
  return region;
}

/// The region of a text, by the text's address: scripts hold their texts as constants, and holding one here keeps its address from meaning another.
Known& region_of(const c10::IValue& text) {
  Seen& all = seen();
  const void* address = &text.toStringRef();
  const auto found = all.regions.find(address);
  if (found != all.regions.end()) return found->second;
  if (all.regions.size() >= kMostKnown) {
    all.regions.clear();
    all.spare_bytes = 0;
  }
  auto region = shared_region(text.toStringRef());
  const size_t results = region->program->results.size();
  return all.regions[address] = {text, std::move(region), std::vector<at::Tensor>(results)};
}

at::Tensor made(Known& known, size_t index, const Result& result, c10::ScalarType type, c10::Device device) {
  at::Tensor& spare = known.spare[index];
  if (device.is_cpu() && spare.defined() && spare.use_count() == 1 && spare.unsafeGetTensorImpl()->storage().use_count() == 1) return spare;
  at::Tensor fresh = at::empty(result.shape, at::TensorOptions().dtype(type).device(device));
  Seen& all = seen();
  const int64_t bytes = static_cast<int64_t>(fresh.nbytes());
  if (device.is_cpu() && fresh.numel() <= kLargestSpare && (spare.defined() || all.spare_bytes + bytes <= kMostSpareBytes)) {
    if (!spare.defined()) all.spare_bytes += bytes;
    spare = fresh;
  }
  return fresh;
}

// region(str program, Tensor[] inputs, Tensor[] updated) -> Tensor[], which writes over the last
void region(const c10::OperatorHandle&, torch::jit::Stack* stack) {
  const size_t top = stack->size();
  Known& known = region_of((*stack)[top - 3]);
  const Region& r = *known.region;
  const Program& program = *r.program;
  const auto given = (*stack)[top - 2].toListRef(), targets = (*stack)[top - 1].toListRef();
  TORCH_CHECK(given.size() >= r.needs.size() && static_cast<int>(targets.size()) >= program.updated, "region: tensors are missing");

  c10::SmallVector<const void*, 32> from;
  std::vector<at::Tensor> copies;
  for (size_t i = 0; i < given.size(); i++) {
    const at::Tensor& x = given[i].toTensor();
    const bool used = i < r.needs.size() && r.needs[i].read;
    TORCH_CHECK(!used || (x.scalar_type() == r.needs[i].type && x.numel() >= r.needs[i].elements), "region: input ", i, " is ", x.scalar_type(), " of ", x.numel(),
                " elements, not ", r.needs[i].type, " of ", r.needs[i].elements);
    if (x.is_contiguous()) from.push_back(x.data_ptr());
    else {
      copies.push_back(x.contiguous());
      from.push_back(copies.back().data_ptr());
    }
  }
  const c10::Device device = given.size() > 0 ? given[0].toTensor().device() : targets.size() > 0 ? targets[0].toTensor().device() : c10::Device(c10::kCPU);
  c10::List<at::Tensor> results;
  results.reserve(program.results.size());
  c10::SmallVector<void*, 32> to;
  for (size_t i = 0; i < program.results.size(); i++) {
    const Result& result = program.results[i];
    const c10::ScalarType type = scalar_type(program.code[static_cast<size_t>(result.value)].type);
    if (result.updated >= 0) {
      const at::Tensor& target = targets[static_cast<size_t>(result.updated)].toTensor();
      TORCH_CHECK(target.scalar_type() == type && target.is_contiguous() && target.numel() == program.space, "region: updated ", result.updated,
                  " is no dense tensor of ", type, " of the space's size");
      to.push_back(target.data_ptr());
    } else {
      at::Tensor x = made(known, i, result, type, device);
      to.push_back(x.data_ptr());
      results.push_back(std::move(x));
    }
  }
  if (device.is_cpu()) {
    r.cpu.run(from.data(), to.data(), [](int64_t chunks, const CpuRegion& cpu, CpuRun& run) {
      at::parallel_for(0, chunks, 1, [&](int64_t first, int64_t last) { cpu.run_some(run, first, last); });
    });
  } else {
    const c10::DeviceGuard guard(device);
    r.cuda.run(device, from.data(), to.data());
  }
  torch::jit::drop(*stack, 3);
  torch::jit::push(*stack, std::move(results));
}

}  // namespace

TORCH_LIBRARY(probnet, library) {
  // Declared to do anything at all: what only writes to tensors of a list would be taken for dead code.
  library.def(torch::schema("probnet::region(str program, Tensor[] inputs, Tensor[] updated) -> Tensor[]", c10::AliasAnalysisKind::CONSERVATIVE),
              torch::CppFunction::makeFromBoxedFunction<&region>());
  library.def("gamma(Tensor seed, Tensor step, Tensor draw, Tensor shape, int stream, int event) -> Tensor", &gamma);
  library.def("poisson(Tensor seed, Tensor step, Tensor draw, Tensor rate, int stream, int event) -> Tensor", &poisson);
  library.def("binomial(Tensor seed, Tensor step, Tensor draw, Tensor trials, Tensor probability, int stream, int event) -> Tensor", &binomial);
}

}  // namespace probnet
