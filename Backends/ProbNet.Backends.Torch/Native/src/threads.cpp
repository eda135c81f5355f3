#include "threads.h"

#if defined(__linux__)
#include <dlfcn.h>
#include <link.h>

#include <cstring>

namespace probnet {

namespace {

using SetThreads = void (*)(int);

/// openblas_set_num_threads of the OpenBLAS that is loaded, or null.
SetThreads find_openblas() {
  SetThreads found = nullptr;
  dl_iterate_phdr([](dl_phdr_info* info, size_t, void* to) {
    if (info->dlpi_name == nullptr || std::strstr(info->dlpi_name, "libopenblas") == nullptr) return 0;
    void* library = dlopen(info->dlpi_name, RTLD_NOW | RTLD_NOLOAD);
    if (library == nullptr) return 0;
    *static_cast<SetThreads*>(to) = reinterpret_cast<SetThreads>(dlsym(library, "openblas_set_num_threads"));
    dlclose(library);
    return 1;
  }, &found);
  return found;
}

}  // namespace

void set_product_threads(int threads) {
  static const SetThreads set = find_openblas();
  if (set != nullptr) set(threads);
}

}  // namespace probnet

#else

namespace probnet {
void set_product_threads(int) {}
}  // namespace probnet

#endif
