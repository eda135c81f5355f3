// Threads of the library that libtorch leaves products to.
#pragma once

namespace probnet {

/// Sets the number of threads of OpenBLAS where libtorch uses it: libtorch tells MKL itself, but not OpenBLAS, which has threads of its own.
void set_product_threads(int threads);

}  // namespace probnet
