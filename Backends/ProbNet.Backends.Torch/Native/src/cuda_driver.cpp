#include "cuda_driver.h"

#include <cstdio>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#if !defined(_WIN32)
#include <dlfcn.h>
#include <glob.h>
#include <link.h>
#endif

namespace probnet {

namespace {

using NvrtcProgram = struct _nvrtcProgram*;
using CudaModule = struct CUmod_st*;
using CudaContext = struct CUctx_st*;

// What is used of nvrtc.h and cuda.h; results are 0 for success.
struct Nvrtc {
  int (*nvrtcVersion)(int*, int*);
  int (*nvrtcCreateProgram)(NvrtcProgram*, const char*, const char*, int, const char* const*, const char* const*);
  int (*nvrtcCompileProgram)(NvrtcProgram, int, const char* const*);
  int (*nvrtcGetProgramLogSize)(NvrtcProgram, size_t*);
  int (*nvrtcGetProgramLog)(NvrtcProgram, char*);
  int (*nvrtcGetCUBINSize)(NvrtcProgram, size_t*);
  int (*nvrtcGetCUBIN)(NvrtcProgram, char*);
  int (*nvrtcGetPTXSize)(NvrtcProgram, size_t*);
  int (*nvrtcGetPTX)(NvrtcProgram, char*);
  int (*nvrtcDestroyProgram)(NvrtcProgram*);
  const char* (*nvrtcGetErrorString)(int);
};

struct Driver {
  int (*cuModuleLoadData)(CudaModule*, const void*);
  int (*cuModuleGetFunction)(DriverFunction*, CudaModule, const char*);
  int (*cuLaunchKernel)(DriverFunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
  int (*cuGetErrorString)(int, const char**);
  int (*cuDeviceGet)(int*, int);
  int (*cuInit)(unsigned);
  int (*cuDeviceGetAttribute)(int*, int, int);
  int (*cuDeviceGetName)(char*, int, int);
  int (*cuDeviceTotalMem_v2)(size_t*, int);
  int (*cuDevicePrimaryCtxRetain)(CudaContext*, int);
  int (*cuCtxGetCurrent)(CudaContext*);
  int (*cuCtxSetCurrent)(CudaContext);
};

#if defined(_WIN32)

const Nvrtc& nvrtc() { throw std::runtime_error("CUDA driver: fused regions on CUDA are built for Linux only"); }
const Driver& driver() { throw std::runtime_error("CUDA driver: fused regions on CUDA are built for Linux only"); }

#else

/// The folders of the loaded libraries that a libtorch with CUDA brings or has beside it: NVRTC is in one of them, or in one that it was installed next to.
std::vector<std::string> library_folders() {
  std::vector<std::string> found;
  dl_iterate_phdr([](dl_phdr_info* info, size_t, void* to) {
    const std::string path = info->dlpi_name;
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return 0;
    const std::string name = path.substr(slash + 1);
    for (const char* known : {"libcudart", "libtorch_cuda", "libc10_cuda", "libcublas"})
      if (name.rfind(known, 0) == 0) static_cast<std::vector<std::string>*>(to)->push_back(path.substr(0, slash));
    return 0;
  }, &found);
  return found;
}

void* open_nvrtc(std::string& tried) {
  std::vector<std::string> patterns;
  for (const std::string& folder : library_folders())
    for (const char* below : {"/libnvrtc.so*", "/libnvrtc-*.so*", "/../../nvidia/*/lib/libnvrtc.so*", "/../../cuda_nvrtc/lib/libnvrtc.so*"}) patterns.push_back(folder + below);
  patterns.push_back("/usr/local/cuda/lib64/libnvrtc.so*");
  patterns.push_back("/usr/local/cuda/targets/*/lib/libnvrtc.so*");
  std::vector<std::string> candidates;
  for (const std::string& pattern : patterns) {
    glob_t files{};
    if (glob(pattern.c_str(), 0, nullptr, &files) == 0)
      for (size_t i = 0; i < files.gl_pathc; i++) {
        const std::string file = files.gl_pathv[i];
        if (file.find("builtins") == std::string::npos && file.find(".alt.") == std::string::npos) candidates.push_back(file);
      }
    globfree(&files);
  }
  for (const char* name : {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so.11.1"}) candidates.push_back(name);
  for (const std::string& candidate : candidates) {
    if (void* library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
    tried += (tried.empty() ? "" : ", ") + candidate;
  }
  return nullptr;
}

/// @param optional  whether an older library may lack it
template <typename Function>
void find(void* library, const char* name, const char* where, Function*& to, bool optional = false) {
  to = reinterpret_cast<Function*>(dlsym(library, name));
  if (to == nullptr && !optional) throw std::runtime_error(std::string("CUDA driver: ") + where + " has no " + name);
}

const Nvrtc& nvrtc() {
  static const Nvrtc loaded = [] {
    std::string tried;
    void* library = open_nvrtc(tried);
    if (library == nullptr)
      throw std::runtime_error("CUDA driver: libnvrtc, the run-time compiler of CUDA, is not found; tried " + tried + ". It is part of the CUDA toolkit and of the Python package nvidia-cuda-nvrtc; add its folder to LD_LIBRARY_PATH");
    Nvrtc n{};
#define PN_FIND(name, ...) find(library, #name, "libnvrtc", n.name, ##__VA_ARGS__)
    PN_FIND(nvrtcVersion);
    PN_FIND(nvrtcCreateProgram);
    PN_FIND(nvrtcCompileProgram);
    PN_FIND(nvrtcGetProgramLogSize);
    PN_FIND(nvrtcGetProgramLog);
    PN_FIND(nvrtcGetCUBINSize, true);
    PN_FIND(nvrtcGetCUBIN, true);
    PN_FIND(nvrtcGetPTXSize);
    PN_FIND(nvrtcGetPTX);
    PN_FIND(nvrtcDestroyProgram);
    PN_FIND(nvrtcGetErrorString);
#undef PN_FIND
    return n;
  }();
  return loaded;
}

const Driver& driver() {
  static const Driver loaded = [] {
    void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(std::string("CUDA driver: ") + dlerror());
    Driver d{};
#define PN_FIND(name) find(library, #name, "libcuda.so.1", d.name)
    PN_FIND(cuModuleLoadData);
    PN_FIND(cuModuleGetFunction);
    PN_FIND(cuLaunchKernel);
    PN_FIND(cuGetErrorString);
    PN_FIND(cuDeviceGet);
    PN_FIND(cuInit);
    PN_FIND(cuDeviceGetAttribute);
    PN_FIND(cuDeviceGetName);
    PN_FIND(cuDeviceTotalMem_v2);
    PN_FIND(cuDevicePrimaryCtxRetain);
    PN_FIND(cuCtxGetCurrent);
    PN_FIND(cuCtxSetCurrent);
#undef PN_FIND
    return d;
  }();
  return loaded;
}

#endif

void check(int result, const char* what) {
  if (result == 0) return;
  const char* words = nullptr;
  driver().cuGetErrorString(result, &words);
  throw std::runtime_error(std::string("CUDA error: ") + what + ": " + (words != nullptr ? words : "error") + " (" + std::to_string(result) + ")");
}

int architecture(int device) {
  const Driver& d = driver();
  constexpr int kMajor = 75, kMinor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*
  int handle = 0, major = 0, minor = 0;
  check(d.cuDeviceGet(&handle, device), "cuDeviceGet");
  check(d.cuDeviceGetAttribute(&major, kMajor, handle), "cuDeviceGetAttribute");
  check(d.cuDeviceGetAttribute(&minor, kMinor, handle), "cuDeviceGetAttribute");
  return 10 * major + minor;
}

/// A program of NVRTC.
class Compilation {
 public:
  explicit Compilation(const std::string& text) : n_(nvrtc()) {
    const int made = n_.nvrtcCreateProgram(&program_, text.c_str(), "region.cu", 0, nullptr, nullptr);
    if (made != 0) throw std::runtime_error(std::string("CUDA driver: NVRTC: ") + n_.nvrtcGetErrorString(made));
  }
  ~Compilation() { n_.nvrtcDestroyProgram(&program_); }
  Compilation(const Compilation&) = delete;
  Compilation& operator=(const Compilation&) = delete;

  /// Machine code or, of an architecture with "compute_", PTX with its final 0; empty where it does not compile, `log` then says why.
  std::vector<char> code(const std::string& architecture, const std::vector<std::string>& options) {
    std::vector<const char*> words;
    const std::string target = "--gpu-architecture=" + architecture;
    words.push_back(target.c_str());
    words.push_back("--std=c++17");
    for (const std::string& option : options) words.push_back(option.c_str());
    const int done = n_.nvrtcCompileProgram(program_, static_cast<int>(words.size()), words.data());
    size_t size = 0;
    if (done != 0) {
      log = n_.nvrtcGetErrorString(done);
      if (n_.nvrtcGetProgramLogSize(program_, &size) == 0 && size > 1) {
        std::vector<char> lines(size);
        n_.nvrtcGetProgramLog(program_, lines.data());
        log += std::string(": ") + lines.data();
      }
      return {};
    }
    const bool binary = architecture.rfind("sm_", 0) == 0;
    if ((binary ? n_.nvrtcGetCUBINSize : n_.nvrtcGetPTXSize)(program_, &size) != 0 || size == 0) return {};
    std::vector<char> made(size);
    if ((binary ? n_.nvrtcGetCUBIN : n_.nvrtcGetPTX)(program_, made.data()) != 0) return {};
    return made;
  }

  bool has_binaries() const { return n_.nvrtcGetCUBIN != nullptr && n_.nvrtcGetCUBINSize != nullptr; }

  std::string log = "no code was made";

 private:
  const Nvrtc& n_;
  NvrtcProgram program_ = nullptr;
};

/// Code for a device. A compiler older than the device makes PTX of an architecture that it knows, which the driver translates.
std::vector<char> code_for(const std::string& text, int device, const std::vector<std::string>& options) {
  const int target = architecture(device);
  std::string log;
  std::vector<std::string> architectures{"sm_" + std::to_string(target)};
  for (const int known : {target, 90, 86, 80, 75, 70, 60})
    if (known <= target) architectures.push_back("compute_" + std::to_string(known));
  for (const std::string& name : architectures) {
    Compilation compilation(text);
    if (name[0] == 's' && !compilation.has_binaries()) continue;
    std::vector<char> code = compilation.code(name, options);
    if (!code.empty()) return code;
    if (log.empty()) log = compilation.log;
  }
  throw std::runtime_error("CUDA driver: NVRTC does not compile a kernel for sm_" + std::to_string(target) + ": " + log + "\n" + text);
}

}  // namespace

void use_device(int device) {
  const Driver& d = driver();
  CudaContext context = nullptr;
  check(d.cuCtxGetCurrent(&context), "cuCtxGetCurrent");
  if (context != nullptr) return;
  int handle = 0;
  check(d.cuDeviceGet(&handle, device), "cuDeviceGet");
  check(d.cuDevicePrimaryCtxRetain(&context, handle), "cuDevicePrimaryCtxRetain");
  check(d.cuCtxSetCurrent(context), "cuCtxSetCurrent");
}

const std::vector<DriverFunction>& compile_kernels(const std::string& text, int device, const std::vector<std::string>& kernels, const std::vector<std::string>& options) {
  static std::mutex mutex;
  static std::map<std::pair<int, std::string>, std::vector<DriverFunction>> all;
  use_device(device);
  const std::lock_guard<std::mutex> lock(mutex);
  const auto known = all.find({device, text});
  if (known != all.end()) return known->second;
  const std::vector<char> code = code_for(text, device, options);
  CudaModule module = nullptr;
  check(driver().cuModuleLoadData(&module, code.data()), "cuModuleLoadData");
  std::vector<DriverFunction> made;
  for (const std::string& name : kernels) {
    DriverFunction function = nullptr;
    check(driver().cuModuleGetFunction(&function, module, name.c_str()), name.c_str());
    made.push_back(function);
  }
  return all.emplace(std::make_pair(device, text), std::move(made)).first->second;
}

void launch_kernel(DriverFunction function, int64_t blocks_x, int64_t blocks_y, int threads, void* stream, void** arguments) {
  check(driver().cuLaunchKernel(function, static_cast<unsigned>(blocks_x), static_cast<unsigned>(blocks_y), 1, static_cast<unsigned>(threads), 1, 1, 0, stream, arguments, nullptr),
        "cuLaunchKernel");
}

std::string device_name(int device) {
  const Driver& d = driver();
  check(d.cuInit(0), "cuInit");
  int handle = 0;
  char name[256] = {};
  size_t bytes = 0;
  check(d.cuDeviceGet(&handle, device), "cuDeviceGet");
  check(d.cuDeviceGetName(name, sizeof name - 1, handle), "cuDeviceGetName");
  check(d.cuDeviceTotalMem_v2(&bytes, handle), "cuDeviceTotalMem");
  char memory[32];
  std::snprintf(memory, sizeof memory, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  return std::string(name) + ", " + memory + ", sm_" + std::to_string(architecture(device));
}

}  // namespace probnet
