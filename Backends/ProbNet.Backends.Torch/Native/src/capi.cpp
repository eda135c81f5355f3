// The C interface: handles, errors, and nothing else that another file could hold.
#include "probnet_torch.h"

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/error_report.h>
#include <torch/csrc/jit/frontend/ir_emitter.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/version.h>

#include "cuda.h"
#include "threads.h"
#include "cuda_source.h"

// libtorch changed from an optional of its own to the standard's.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
#define PN_NULLOPT std::nullopt
#else
#define PN_NULLOPT c10::nullopt
#endif

namespace {

thread_local std::string last_error;
std::atomic<int64_t> live[4];

enum Kind { TENSOR, SCRIPT, STEP, MODULE };

/// Counts the handles of its kind that exist.
template <Kind kind>
struct Counted {
  Counted() { live[kind]++; }
  ~Counted() { live[kind]--; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
};

/// `torch.name` as everywhere, and `probnet.name` for the operators registered by this library.
struct Resolver final : torch::jit::Resolver {
  std::shared_ptr<torch::jit::SugaredValue> resolveValue(const std::string& name, torch::jit::GraphFunction&, const torch::jit::SourceRange&) override {
    if (name == "torch") return std::make_shared<torch::jit::BuiltinModule>("aten");
    if (name == "probnet") return std::make_shared<torch::jit::BuiltinModule>("probnet");
    return nullptr;
  }
  c10::TypePtr resolveType(const std::string&, const torch::jit::SourceRange&) override { return nullptr; }
};

c10::ScalarType scalar_type(int32_t type) {
  switch (type) {
    case PN_F32: return c10::kFloat;
    case PN_F64: return c10::kDouble;
    case PN_I64: return c10::kLong;
    case PN_BOOL: return c10::kBool;
    default: throw std::invalid_argument("element type " + std::to_string(type) + " is none of 0 to 3");
  }
}

c10::Device device_of(int32_t device, int32_t index) {
  switch (device) {
    case PN_CPU: return c10::Device(c10::kCPU);
    case PN_CUDA: return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
    default: throw std::invalid_argument("device " + std::to_string(device) + " is neither 0 nor 1");
  }
}

int32_t fail(int32_t code, const std::string& message) {
  last_error = message;
  return code;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// What an error of libtorch is about; its classes for this differ from release to release, its words hardly do.
int32_t classify(const std::string& message, int32_t otherwise) {
  if (contains(message, "out of memory") || contains(message, "not enough memory") || contains(message, "can't allocate memory")) return PN_ERROR_MEMORY;
  if (contains(message, "CUDA error") || contains(message, "CUDA driver") || contains(message, "device-side assert") || contains(message, "NVIDIA driver")) return PN_ERROR_DEVICE;
  return otherwise;
}

/// Runs the body of an entry point; whatever it throws becomes a code and a message.
template <typename Body>
int32_t guarded(int32_t otherwise, Body body) noexcept {
  try {
    last_error.clear();
    body();
    return PN_OK;
  } catch (const std::invalid_argument& e) {
    return fail(PN_ERROR_ARGUMENT, e.what());
  } catch (const std::bad_alloc&) {
    return fail(PN_ERROR_MEMORY, "not enough memory");
  } catch (const c10::Error& e) {
    const std::string message = e.what_without_backtrace();
    return fail(classify(message, otherwise), message);
  } catch (const std::exception& e) {
    return fail(classify(e.what(), otherwise), e.what());
  } catch (...) {
    return fail(otherwise, "an unknown exception");
  }
}

template <typename T>
T& given(T* pointer, const char* what) {
  if (pointer == nullptr) throw std::invalid_argument(std::string("no ") + what);
  return *pointer;
}

void check_bytes(const at::Tensor& tensor, int64_t bytes) {
  if (bytes != static_cast<int64_t>(tensor.nbytes()))
    throw std::invalid_argument(std::to_string(bytes) + " bytes for a tensor of " + std::to_string(tensor.nbytes()));
}

void read(const at::Tensor& tensor, void* values, int64_t bytes) {
  check_bytes(tensor, bytes);
  if (bytes == 0) return;
  const at::Tensor dense = tensor.device().is_cpu() && tensor.is_contiguous() ? tensor : tensor.to(c10::kCPU).contiguous();
  std::memcpy(values, dense.data_ptr(), static_cast<size_t>(bytes));
}

}  // namespace

struct pn_tensor : Counted<TENSOR> {
  at::Tensor value;
};

struct pn_script : Counted<SCRIPT> {
  std::shared_ptr<torch::jit::CompilationUnit> unit;
};

struct pn_step : Counted<STEP> {
  std::shared_ptr<torch::jit::CompilationUnit> unit;
  torch::jit::Function* function = nullptr;
  c10::Device device = c10::kCPU;
  c10::List<at::Tensor> inputs, constants;
  std::vector<at::Tensor> outputs;
  std::unique_ptr<probnet::Replay> replay;

  void run_function() {
    c10::InferenceMode inference;
    c10::OptionalDeviceGuard guard;
    if (!device.is_cpu()) guard.reset_device(device);
    // The graph is the compiler's own and its shapes may change: nothing is to be profiled or specialised.
    torch::jit::GraphOptimizerEnabledGuard plain(false);
    torch::jit::Stack stack{inputs, constants};
    function->run(stack);
    outputs = std::move(stack.back()).toTensorVector();
  }
};

struct pn_module : Counted<MODULE> {
  explicit pn_module(const char* name) : value(name) {}
  torch::jit::Module value;
};

extern "C" {

int32_t pn_abi_version(void) { return PN_ABI_VERSION; }

const char* pn_build_version(void) { return PN_BUILD_VERSION; }

const char* pn_torch_version(void) {
  // The version of the headers; a library of another version refuses to load for want of symbols.
#define PN_TEXT(x) #x
#define PN_VERSION(a, b, c) PN_TEXT(a) "." PN_TEXT(b) "." PN_TEXT(c)
  return PN_VERSION(TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR, TORCH_VERSION_PATCH);
}

const char* pn_last_error(void) { return last_error.c_str(); }

int32_t pn_set_threads(int32_t threads) {
  return guarded(PN_ERROR, [&] {
    const int count = threads > 0 ? threads : at::intraop_default_num_threads();
    at::set_num_threads(count);
    probnet::set_product_threads(count);
  });
}

int32_t pn_cuda_devices(int32_t* count) {
  return guarded(PN_ERROR_DEVICE, [&] { given(count, "place for the count") = probnet::cuda_devices(); });
}

int32_t pn_cuda_name(int32_t index, char* text, int32_t capacity) {
  return guarded(PN_ERROR_DEVICE, [&] {
    if (capacity < 1) throw std::invalid_argument("no room for the name");
    const std::string name = probnet::cuda_name(index);
    const size_t length = std::min(name.size(), static_cast<size_t>(capacity - 1));
    std::memcpy(&given(text, "place for the name"), name.data(), length);
    text[length] = '\0';
  });
}

int32_t pn_set_tf32(int32_t allowed) {
  return guarded(PN_ERROR, [&] {
    at::globalContext().setAllowTF32CuBLAS(allowed != 0);
    at::globalContext().setAllowTF32CuDNN(allowed != 0);
  });
}

void pn_live(int64_t counts[4]) {
  for (int i = 0; i < 4; i++) counts[i] = live[i].load();
}

int32_t pn_memory(int32_t device, int32_t index, int64_t bytes[3]) {
  return guarded(PN_ERROR_DEVICE, [&] {
    bytes[0] = bytes[1] = bytes[2] = 0;
    if (device_of(device, index).is_cuda()) probnet::cuda_memory(index, bytes);
  });
}

int32_t pn_synchronize(int32_t device, int32_t index) {
  return guarded(PN_ERROR_DEVICE, [&] {
    if (device_of(device, index).is_cuda()) probnet::cuda_synchronize(index);
  });
}

int32_t pn_tensor_create(int32_t type, const int64_t* sizes, int32_t rank, int32_t device, int32_t index, pn_tensor** made) {
  return guarded(PN_ERROR, [&] {
    c10::InferenceMode inference;
    auto tensor = std::make_unique<pn_tensor>();
    tensor->value = at::zeros(c10::IntArrayRef(sizes, static_cast<size_t>(rank)), at::TensorOptions().dtype(scalar_type(type)).device(device_of(device, index)));
    given(made, "place for the tensor") = tensor.release();
  });
}

int32_t pn_tensor_write(pn_tensor* tensor, const void* values, int64_t bytes) {
  return guarded(PN_ERROR, [&] {
    at::Tensor& value = given(tensor, "tensor").value;
    check_bytes(value, bytes);
    if (bytes == 0) return;
    if (value.device().is_cpu()) std::memcpy(value.data_ptr(), values, static_cast<size_t>(bytes));
    else probnet::cuda_write(value, values, bytes);
  });
}

int32_t pn_tensor_read(pn_tensor* tensor, void* values, int64_t bytes) {
  return guarded(PN_ERROR, [&] { read(given(tensor, "tensor").value, values, bytes); });
}

void pn_tensor_free(pn_tensor* tensor) { delete tensor; }

int32_t pn_script_compile(const char* text, pn_script** made) {
  return guarded(PN_ERROR_COMPILE, [&] {
    auto script = std::make_unique<pn_script>();
    script->unit = std::make_shared<torch::jit::CompilationUnit>();
    script->unit->define(PN_NULLOPT, &given(text, "text"), std::make_shared<Resolver>(), nullptr);
    given(made, "place for the script") = script.release();
  });
}

void pn_script_free(pn_script* script) { delete script; }

int32_t pn_step_create(pn_script* script, const char* function, pn_tensor* const* inputs, int32_t input_count, pn_tensor* const* constants,
                       int32_t constant_count, pn_step** made) {
  return guarded(PN_ERROR, [&] {
    auto step = std::make_unique<pn_step>();
    step->unit = given(script, "script").unit;
    step->function = step->unit->find_function(c10::QualifiedName(&given(function, "function's name")));
    if (step->function == nullptr) throw std::invalid_argument(std::string("the script has no function '") + function + "'");
    for (int32_t i = 0; i < input_count; i++) step->inputs.push_back(given(inputs[i], "input").value);
    for (int32_t i = 0; i < constant_count; i++) step->constants.push_back(given(constants[i], "constant").value);
    if (input_count > 0) step->device = step->inputs.get(0).device();
    else if (constant_count > 0) step->device = step->constants.get(0).device();
    // The same step gives the same bits.
    if (!step->device.is_cpu()) at::globalContext().setDeterministicCuDNN(true);
    given(made, "place for the step") = step.release();
  });
}

int32_t pn_step_run(pn_step* step) {
  return guarded(PN_ERROR, [&] {
    pn_step& s = given(step, "step");
    if (s.replay) s.replay->run();
    else s.run_function();
  });
}

int32_t pn_step_output(pn_step* step, int32_t output, void* values, int64_t bytes) {
  return guarded(PN_ERROR, [&] { read(given(step, "step").outputs.at(static_cast<size_t>(output)), values, bytes); });
}

int32_t pn_step_capture(pn_step* step, int32_t* captured) {
  return guarded(PN_ERROR_DEVICE, [&] {
    pn_step& s = given(step, "step");
    std::string refusal;
    if (!s.replay) {
      // Those of a run that was only recorded hold nothing yet.
      const std::vector<at::Tensor> before = s.outputs;
      s.replay = probnet::capture(s.device, [&] { s.run_function(); }, refusal);
      if (!s.replay) s.outputs = before;
    }
    given(captured, "place for the answer") = s.replay ? 1 : 0;
    last_error = refusal;
  });
}

void pn_step_free(pn_step* step) { delete step; }

int32_t pn_module_create(const char* name, pn_module** made) {
  return guarded(PN_ERROR, [&] { given(made, "place for the module") = std::make_unique<pn_module>(&given(name, "name")).release(); });
}

int32_t pn_module_buffer(pn_module* module, const char* name, pn_tensor* value) {
  return guarded(PN_ERROR, [&] {
    // A copy of its own, made outside inference mode: such tensors can be saved and used by whoever loads the module.
    const at::Tensor& from = given(value, "tensor").value;
    at::Tensor own = at::empty(from.sizes(), from.options().device(c10::kCPU));
    read(from, own.data_ptr(), static_cast<int64_t>(own.nbytes()));
    given(module, "module").value.register_buffer(&given(name, "name"), own);
  });
}

int32_t pn_module_define(pn_module* module, const char* text) {
  return guarded(PN_ERROR_COMPILE, [&] { given(module, "module").value.define(&given(text, "text")); });
}

int32_t pn_module_save(pn_module* module, const char* path) {
  return guarded(PN_ERROR, [&] {
    given(module, "module").value.eval();
    given(module, "module").value.save(&given(path, "path"));
  });
}

void pn_module_free(pn_module* module) { delete module; }

int32_t pn_region_cuda_source(const char* program, char* text, int64_t capacity, int64_t* length) {
  return guarded(PN_ERROR_ARGUMENT, [&] {
    const std::string made = probnet::cuda_source(*probnet::parse_program(&given(program, "program"))).text;
    given(length, "place for the length") = static_cast<int64_t>(made.size());
    if (capacity < 1) return;
    const size_t count = std::min(made.size(), static_cast<size_t>(capacity - 1));
    std::memcpy(&given(text, "place for the text"), made.data(), count);
    text[count] = '\0';
  });
}

}  // extern "C"
