// Functions of one element, as CUDA C and as C++: NVRTC compiles this text before the kernels of a region or of a draw, and a C++ compiler includes it, with the C
// library's functions declared, for draws on the CPU and for tests of the kernels.
typedef long long i64;
typedef unsigned int u32;
typedef unsigned long long u64;

#if defined(__CUDACC__)
#define PN_DEVICE static __device__ __forceinline__
#define PN_KERNEL extern "C" __global__ void __launch_bounds__(256)
#define PN_UNROLL _Pragma("unroll")
#else
#define PN_DEVICE static inline
#define PN_KERNEL static void
#define PN_UNROLL
#endif

PN_DEVICE float f32_of(u32 bits) { union { u32 b; float x; } u; u.b = bits; return u.x; }
PN_DEVICE double f64_of(u64 bits) { union { u64 b; double x; } u; u.b = bits; return u.x; }

PN_DEVICE float neg_(float x) { return -x; }
PN_DEVICE double neg_(double x) { return -x; }
PN_DEVICE i64 neg_(i64 x) { return (i64)(0ull - (u64)x); }
PN_DEVICE float abs_(float x) { return fabsf(x); }
PN_DEVICE double abs_(double x) { return fabs(x); }
PN_DEVICE i64 abs_(i64 x) { return x < 0 ? neg_(x) : x; }
template <typename T> PN_DEVICE T sign_(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x; }
PN_DEVICE float floor_(float x) { return floorf(x); }
PN_DEVICE double floor_(double x) { return floor(x); }
PN_DEVICE float exp_(float x) { return expf(x); }
PN_DEVICE double exp_(double x) { return exp(x); }
PN_DEVICE float expm1_(float x) { return expm1f(x); }
PN_DEVICE double expm1_(double x) { return expm1(x); }
PN_DEVICE float log_(float x) { return logf(x); }
PN_DEVICE double log_(double x) { return log(x); }
PN_DEVICE float log1p_(float x) { return log1pf(x); }
PN_DEVICE double log1p_(double x) { return log1p(x); }
PN_DEVICE float sqrt_(float x) { return sqrtf(x); }
PN_DEVICE double sqrt_(double x) { return sqrt(x); }
PN_DEVICE float tanh_(float x) { return tanhf(x); }
PN_DEVICE double tanh_(double x) { return tanh(x); }
template <typename T> PN_DEVICE T sigmoid_(T x) {
  const T t = exp_(-abs_(x));
  return (x < 0 ? t : T(1)) / (T(1) + t);
}
template <typename T> PN_DEVICE T softplus_(T x) { return (x > 0 ? x : T(0)) + log1p_(exp_(-abs_(x))); }
PN_DEVICE float sin_(float x) { return sinf(x); }
PN_DEVICE double sin_(double x) { return sin(x); }
PN_DEVICE float cos_(float x) { return cosf(x); }
PN_DEVICE double cos_(double x) { return cos(x); }
PN_DEVICE float atan_(float x) { return atanf(x); }
PN_DEVICE double atan_(double x) { return atan(x); }
PN_DEVICE float erf_(float x) { return erff(x); }
PN_DEVICE double erf_(double x) { return erf(x); }
template <typename T> PN_DEVICE bool is_finite_(T x) { return x - x == 0; }
PN_DEVICE float pow_(float x, float y) { return powf(x, y); }
PN_DEVICE double pow_(double x, double y) { return pow(x, y); }
/// The larger, and NaN if either is.
template <typename T> PN_DEVICE T max_(T a, T b) { return a != a ? a : b != b ? b : a < b ? b : a; }
template <typename T> PN_DEVICE T min_(T a, T b) { return a != a ? a : b != b ? b : b < a ? b : a; }

/// Beyond the range of integers the nearest one; NaN gives 0.
template <typename T> PN_DEVICE i64 to_integer(T x) {
  return x != x ? 0 : x >= T(9223372036854775808.0) ? 9223372036854775807ll : x <= T(-9223372036854775808.0) ? -9223372036854775807ll - 1 : (i64)x;
}

// Philox4x32-10 (Salmon et al., SC 2011).
struct Words { u32 w[4]; };

PN_DEVICE Words philox(u32 block, i64 seed, i64 step, i64 draw, u32 stream, u32 attempt) {
  u32 a = block, b = (u32)draw, c = (u32)step + (u32)((u64)draw >> 32) * 0x9E3779B9u, d = stream;
  u32 k0 = (u32)seed, k1 = (u32)((u64)seed >> 32) ^ (attempt * 0x9E3779B9u);
  PN_UNROLL
  for (int round = 0; round < 10; round++) {
    const u64 p0 = (u64)0xD2511F53u * a, p1 = (u64)0xCD9E8D57u * c;
    a = (u32)(p1 >> 32) ^ b ^ k0;
    b = (u32)p1;
    c = (u32)(p0 >> 32) ^ d ^ k1;
    d = (u32)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  Words out;
  out.w[0] = a;
  out.w[1] = b;
  out.w[2] = c;
  out.w[3] = d;
  return out;
}

/// A word by a number that is not known to the compiler, without an array in memory.
PN_DEVICE u32 word(const Words& x, u32 k) { return k < 2 ? (k == 0 ? x.w[0] : x.w[1]) : (k == 2 ? x.w[2] : x.w[3]); }

PN_DEVICE float uniform32(u32 word) { return ((float)(int)(word >> 9) + 0.5f) * (1.f / 8388608.f); }
PN_DEVICE double uniform64(u32 high, u32 low) { return ((double)(i64)(((u64)high << 32 | low) >> 12) + 0.5) * (1.0 / 4503599627370496.0); }

/// Two normals from two uniforms (Box and Muller 1958): the angle is 2 pi v, reduced to a quarter turn.
PN_DEVICE void box_muller(float u, float v, float& cosine, float& sine) {
  const float radius = sqrtf(-2.f * logf(u));
  const float turns = 4.f * v, n = rintf(turns), y = (turns - n) * 1.57079637f, z = y * y;
  const float s = y + y * z * (-0.166666667f + z * (0.00833333333f + z * (-1.98412698e-4f + z * 2.75573192e-6f)));
  const float c = 1.f + z * (-0.5f + z * (0.0416666667f + z * (-0.00138888889f + z * (2.48015873e-5f + z * -2.75573192e-7f))));
  const int quarter = (int)n;
  const float x = (quarter & 1) ? s : c, w = (quarter & 1) ? c : s;
  cosine = radius * (((quarter + 1) & 2) ? -x : x);
  sine = radius * ((quarter & 2) ? -w : w);
}

PN_DEVICE void box_muller(double u, double v, double& cosine, double& sine) {
  const double radius = sqrt(-2 * log(u));
  const double turns = 4 * v, n = rint(turns), y = (turns - n) * 1.5707963267948966;
  const double s = sin(y), c = cos(y);
  const int quarter = (int)n;
  const double x = (quarter & 1) ? s : c, w = (quarter & 1) ? c : s;
  cosine = radius * (((quarter + 1) & 2) ? -x : x);
  sine = radius * ((quarter & 2) ? -w : w);
}

// All elements of a block.
PN_DEVICE void uniforms(const Words& x, float* out) { PN_UNROLL for (int k = 0; k < 4; k++) out[k] = uniform32(x.w[k]); }
PN_DEVICE void uniforms(const Words& x, double* out) { out[0] = uniform64(x.w[0], x.w[1]); out[1] = uniform64(x.w[2], x.w[3]); }
PN_DEVICE void normals(const Words& x, float* out) {
  box_muller(uniform32(x.w[0]), uniform32(x.w[1]), out[0], out[1]);
  box_muller(uniform32(x.w[2]), uniform32(x.w[3]), out[2], out[3]);
}
PN_DEVICE void normals(const Words& x, double* out) { box_muller(uniform64(x.w[0], x.w[1]), uniform64(x.w[2], x.w[3]), out[0], out[1]); }

// Element k of a block.
PN_DEVICE void uniform_at(const Words& x, u32 k, float& out) { out = uniform32(word(x, k)); }
PN_DEVICE void uniform_at(const Words& x, u32 k, double& out) { out = k == 0 ? uniform64(x.w[0], x.w[1]) : uniform64(x.w[2], x.w[3]); }
PN_DEVICE void normal_at(const Words& x, u32 k, float& out) {
  float cosine, sine;
  box_muller(uniform32(word(x, k & 2u)), uniform32(word(x, (k & 2u) + 1u)), cosine, sine);
  out = (k & 1u) ? sine : cosine;
}
PN_DEVICE void normal_at(const Words& x, u32 k, double& out) {
  double cosine, sine;
  box_muller(uniform64(x.w[0], x.w[1]), uniform64(x.w[2], x.w[3]), cosine, sine);
  out = k == 0 ? cosine : sine;
}
template <typename T> PN_DEVICE void sign_at(const Words& x, u32 k, T& out) { out = (word(x, k >> 5) >> (k & 31u)) & 1u ? T(1) : T(-1); }
