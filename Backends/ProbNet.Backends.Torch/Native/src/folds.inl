// Folds over the threads of a block, in an order that depends on nothing but their number.
struct Sum { template <typename T> PN_DEVICE T of(T a, T b) { return a + b; } };
struct Max { template <typename T> PN_DEVICE T of(T a, T b) { return max_(a, b); } };

/// The fold of the values of `count` threads, a power of two, that are `step` apart; this thread is number `at` of them, and number 0 gets the result. All threads of the block
/// call it together.
template <typename Fold, typename T>
PN_DEVICE T fold_block(T value, int at, int step, int count, double* memory) {
  T* shared = (T*)memory;
  const int t = (int)threadIdx.x;
  shared[t] = value;
  __syncthreads();
  for (int half = count >> 1; half > 0; half >>= 1) {
    if (at < half) shared[t] = Fold::template of<T>(shared[t], shared[t + half * step]);
    __syncthreads();
  }
  const T result = shared[t];
  __syncthreads();
  return result;
}
