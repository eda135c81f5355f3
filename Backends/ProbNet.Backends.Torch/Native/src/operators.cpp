// The operators that scripts call as `probnet.name`.
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/stack.h>
#include <torch/library.h>

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

/// A program as it runs on each kind of device.
struct Region {
  explicit Region(const std::string& text) : program(parse_program(text)), cpu(program) {}
  std::shared_ptr<const Program> program;
  CpuRegion cpu;
  CudaRegion cuda{program};
};

/// The region of a text. Scripts hold their texts as constants, so a text is nearly always at the address where it was seen last.
const Region& region_of(const std::string& text) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const Region>> all;
  struct Seen { std::string text; std::shared_ptr<const Region> region; };
  thread_local std::unordered_map<const char*, Seen> seen;
  Seen& known = seen[text.data()];
  if (known.region && known.text == text) return *known.region;
  const std::lock_guard<std::mutex> lock(mutex);
  auto& made = all[text];
  if (!made) made = std::make_shared<const Region>(text);
  known = {text, made};
  return *made;
}

void check(const at::Tensor& tensor, c10::ScalarType type, const char* what, int64_t index) {
  TORCH_CHECK(tensor.scalar_type() == type, "region: ", what, " ", index, " is ", tensor.scalar_type(), ", not ", type);
  TORCH_CHECK(tensor.is_contiguous(), "region: ", what, " ", index, " is not dense");
}

/// The least number of elements that loads read of their inputs.
void check_inputs(const Program& program, const std::vector<at::Tensor>& inputs) {
  for (const Instruction& i : program.code) {
    if (i.is_draw()) {
      for (const int counter : i.operands) check(inputs[static_cast<size_t>(counter)], c10::kLong, "input", counter);
      TORCH_CHECK(inputs[static_cast<size_t>(i.operands[2])].numel() * i.event >= program.space, "region: too few draws");
    }
    if (i.code != Code::Load) continue;
    const at::Tensor& x = inputs[static_cast<size_t>(i.input)];
    check(x, scalar_type(i.type), "input", i.input);
    int64_t last = i.sizes.empty() ? program.space - 1 : i.offset;
    for (size_t a = 0; a < i.sizes.size(); a++) last += (i.sizes[a] - 1) * i.strides[a];
    TORCH_CHECK(program.space == 0 || last < x.numel(), "region: input ", i.input, " has ", x.numel(), " elements, ", last + 1, " are read");
  }
}

// region(str program, Tensor[] inputs, Tensor[] updated) -> Tensor[], which writes over the last
void region(const c10::OperatorHandle&, torch::jit::Stack* stack) {
  const size_t top = stack->size();
  const Region& r = region_of((*stack)[top - 3].toStringRef());
  const Program& program = *r.program;
  std::vector<at::Tensor> inputs, updated;
  const auto given = (*stack)[top - 2].toListRef(), targets = (*stack)[top - 1].toListRef();
  TORCH_CHECK(static_cast<int>(given.size()) >= program.inputs && static_cast<int>(targets.size()) >= program.updated, "region: tensors are missing");
  inputs.reserve(given.size());
  for (const auto& value : given) inputs.push_back(value.toTensor());
  for (auto& x : inputs)
    if (!x.is_contiguous()) x = x.contiguous();
  check_inputs(program, inputs);

  const c10::Device device = !inputs.empty() ? inputs[0].device() : !targets.empty() ? targets[0].toTensor().device() : c10::Device(c10::kCPU);
  c10::List<at::Tensor> made;
  std::vector<at::Tensor> results;
  for (const Result& result : program.results) {
    const c10::ScalarType type = scalar_type(program.code[static_cast<size_t>(result.value)].type);
    if (result.updated >= 0) {
      const at::Tensor& target = targets[static_cast<size_t>(result.updated)].toTensor();
      check(target, type, "updated", result.updated);
      TORCH_CHECK(target.numel() == program.space, "region: updated ", result.updated, " is not of the space's size");
      results.push_back(target);
    } else {
      results.push_back(at::empty(result.shape, at::TensorOptions().dtype(type).device(device)));
      made.push_back(results.back());
    }
  }
  std::vector<const void*> from;
  std::vector<void*> to;
  for (const auto& x : inputs) from.push_back(x.data_ptr());
  for (const auto& x : results) to.push_back(x.data_ptr());
  if (device.is_cpu()) {
    r.cpu.run(from.data(), to.data(), [](int64_t chunks, const std::function<void(int64_t)>& one) {
      at::parallel_for(0, chunks, 1, [&](int64_t first, int64_t last) {
        for (int64_t chunk = first; chunk < last; chunk++) one(chunk);
      });
    });
  } else {
    r.cuda.run(device, from.data(), to.data());
  }
  torch::jit::drop(*stack, 3);
  torch::jit::push(*stack, std::move(made));
}

}  // namespace

TORCH_LIBRARY(probnet, library) {
  // Declared to do anything at all: what only writes to tensors of a list would be taken for dead code.
  library.def(torch::schema("probnet::region(str program, Tensor[] inputs, Tensor[] updated) -> Tensor[]", c10::AliasAnalysisKind::CONSERVATIVE),
              torch::CppFunction::makeFromBoxedFunction<&region>());
}

}  // namespace probnet
