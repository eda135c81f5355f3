// Loops over tiles, compiled once for each instruction set. Everything here is plain scalar code in a form that compilers vectorise.
// The single-precision functions reduce their argument and evaluate polynomials; double precision is the C library's.

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "region.h"

namespace probnet {
namespace PN_ISA {

namespace {

using std::int64_t;

inline int32_t bits(float x) { int32_t b; std::memcpy(&b, &x, 4); return b; }
inline float from_bits(int32_t b) { float x; std::memcpy(&x, &b, 4); return x; }
inline float pow2(int32_t n) { return from_bits((n + 127) << 23); }
inline float nearest(float x) { return (x + 12582912.f) - 12582912.f; }

constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f, kLog2E = 1.44269504f;

/// e^r - 1 on |r| <= ln(2) / 2.
inline float expm1_reduced(float r) {
  float p = 0.000199136834f * r + 0.00139403262f;
  p = p * r + 0.00833327416f;
  p = p * r + 0.0416663662f;
  p = p * r + 0.166666672f;
  p = p * r + 0.5f;
  return p * (r * r) + r;
}

inline float reduced(float x, float n) { return n * -kLn2Low + (n * -kLn2High + x); }

inline float exp_(float x) {
  x = x < -104.f ? -104.f : x;
  x = x > 89.f ? 89.f : x;
  const float n = nearest(x * kLog2E);
  const int32_t whole = static_cast<int32_t>(n), half = whole >> 1;
  return (expm1_reduced(reduced(x, n)) + 1.f) * pow2(half) * pow2(whole - half);
}

inline float expm1_(float x) {
  const float zero = x;
  x = x < -40.f ? -40.f : x;
  x = x > 89.f ? 89.f : x;
  const float n = nearest(x * kLog2E);
  // Half of the result, so that 2^n stays finite for the largest arguments.
  const float scale = pow2(static_cast<int32_t>(n) - 1);
  const float half = expm1_reduced(reduced(x, n)) * scale + (scale - 0.5f);
  return zero == 0.f ? zero : half + half;
}

/// e ln 2 + log(1 + f) on sqrt(1/2) - 1 <= f <= sqrt(2) - 1.
inline float log_reduced(float f, float e) {
  float p = 0.069211334f * f + -0.11780829f;
  p = p * f + 0.118651696f;
  p = p * f + -0.123855345f;
  p = p * f + 0.142200127f;
  p = p * f + -0.166692168f;
  p = p * f + 0.200021461f;
  p = p * f + -0.249999866f;
  p = p * f + 0.333333105f;
  const float z = f * f;
  float tail = (p * z) * f + e * kLn2Low;
  tail = -0.5f * z + tail;
  return e * kLn2High + (f + tail);
}

inline float log_(float x) {
  const bool tiny = x < 1.17549435e-38f;
  const float scaled = tiny ? x * 33554432.f : x;
  const int32_t b = bits(scaled), e = (b - 0x3f3504f3) >> 23;
  float result = log_reduced(from_bits(b - (e << 23)) - 1.f, static_cast<float>(e) - (tiny ? 25.f : 0.f));
  result = x < std::numeric_limits<float>::infinity() ? result : x;
  result = x < 0.f ? std::numeric_limits<float>::quiet_NaN() : result;
  return x == 0.f ? -std::numeric_limits<float>::infinity() : result;
}

inline float log1p_(float x) {
  const float u = 1.f + x;
  // What rounding took from u, restored to first order; meaningless where u is 0, negative or very large.
  const float lost = (x - (u - 1.f)) / u;
  const bool valid = x > -1.f && x < 1e9f;
  const float result = log_(u) + (valid ? lost : 0.f);
  return x == 0.f ? x : result;
}

/// log(1 + t) for t in [0, 1].
inline float log1p_unit(float t) {
  float p = -0.0032440447f * t + 0.019851558f;
  p = p * t + -0.05695973f;
  p = p * t + 0.10603677f;
  p = p * t + -0.15305607f;
  p = p * t + 0.19675945f;
  p = p * t + -0.24954134f;
  p = p * t + 0.33329964f;
  p = p * t + -0.49999902f;
  return (p * t) * t + t;
}

inline float tanh_(float x) {
  const float t = expm1_(-2.f * std::fabs(x));
  return std::copysign(-t / (2.f + t), x);
}

inline float sigmoid_(float x) {
  const float t = exp_(-std::fabs(x));
  return (x < 0.f ? t : 1.f) / (1.f + t);
}

inline float softplus_(float x) { return (x > 0.f ? x : 0.f) + log1p_unit(exp_(-std::fabs(x))); }

inline double exp_(double x) { return std::exp(x); }
inline double expm1_(double x) { return std::expm1(x); }
inline double log_(double x) { return std::log(x); }
inline double log1p_(double x) { return std::log1p(x); }
inline double tanh_(double x) { return std::tanh(x); }
inline double sigmoid_(double x) {
  const double t = std::exp(-std::fabs(x));
  return (x < 0 ? t : 1) / (1 + t);
}
inline double softplus_(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x))); }

template <typename T>
inline T sign_(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x; }

/// The larger, and NaN if either is.
template <typename T>
inline T max_(T a, T b) { return a != a ? a : b != b ? b : a < b ? b : a; }
template <typename T>
inline T min_(T a, T b) { return a != a ? a : b != b ? b : b < a ? b : a; }

template <typename T>
inline bool finite_(T x) { return x - x == 0; }

#define PN_UNARY(name, From, To, expression)                                                   \
  void name(void* r, const void* a, const void*, const void*, int64_t count) {                 \
    To* __restrict result = static_cast<To*>(r);                                               \
    const From* x_ = static_cast<const From*>(a);                                              \
    for (int64_t i = 0; i < count; i++) { const From x = x_[i]; result[i] = (expression); }    \
  }
#define PN_BINARY(name, From, To, expression)                                                  \
  void name(void* r, const void* a, const void* b, const void*, int64_t count) {               \
    To* __restrict result = static_cast<To*>(r);                                               \
    const From* x_ = static_cast<const From*>(a);                                              \
    const From* y_ = static_cast<const From*>(b);                                              \
    for (int64_t i = 0; i < count; i++) { const From x = x_[i], y = y_[i]; result[i] = (expression); } \
  }

#define PN_FLOATS(T, s)                                        \
  PN_UNARY(neg_##s, T, T, -x)                                  \
  PN_UNARY(abs_##s, T, T, std::fabs(x))                        \
  PN_UNARY(sign_##s, T, T, sign_(x))                           \
  PN_UNARY(floor_##s, T, T, std::floor(x))                     \
  PN_UNARY(exp_##s, T, T, exp_(x))                             \
  PN_UNARY(expm1_##s, T, T, expm1_(x))                         \
  PN_UNARY(log_##s, T, T, log_(x))                             \
  PN_UNARY(log1p_##s, T, T, log1p_(x))                         \
  PN_UNARY(sqrt_##s, T, T, std::sqrt(x))                       \
  PN_UNARY(tanh_##s, T, T, tanh_(x))                           \
  PN_UNARY(sigmoid_##s, T, T, sigmoid_(x))                     \
  PN_UNARY(softplus_##s, T, T, softplus_(x))                   \
  PN_UNARY(sin_##s, T, T, std::sin(x))                         \
  PN_UNARY(cos_##s, T, T, std::cos(x))                         \
  PN_UNARY(atan_##s, T, T, std::atan(x))                       \
  PN_UNARY(erf_##s, T, T, std::erf(x))                         \
  PN_UNARY(finite_##s, T, bool, finite_(x))                    \
  PN_BINARY(add_##s, T, T, x + y)                              \
  PN_BINARY(sub_##s, T, T, x - y)                              \
  PN_BINARY(mul_##s, T, T, x * y)                              \
  PN_BINARY(div_##s, T, T, x / y)                              \
  PN_BINARY(pow_##s, T, T, std::pow(x, y))                     \
  PN_BINARY(max_##s, T, T, max_(x, y))                         \
  PN_BINARY(min_##s, T, T, min_(x, y))                         \
  PN_BINARY(equal_##s, T, bool, x == y)                        \
  PN_BINARY(less_##s, T, bool, x < y)                          \
  PN_BINARY(less_equal_##s, T, bool, x <= y)

PN_FLOATS(float, f32)
PN_FLOATS(double, f64)

PN_UNARY(neg_i64, int64_t, int64_t, -x)
PN_UNARY(abs_i64, int64_t, int64_t, x < 0 ? -x : x)
PN_UNARY(sign_i64, int64_t, int64_t, sign_(x))
PN_BINARY(add_i64, int64_t, int64_t, x + y)
PN_BINARY(sub_i64, int64_t, int64_t, x - y)
PN_BINARY(mul_i64, int64_t, int64_t, x * y)
PN_BINARY(max_i64, int64_t, int64_t, x < y ? y : x)
PN_BINARY(min_i64, int64_t, int64_t, y < x ? y : x)
PN_BINARY(equal_i64, int64_t, bool, x == y)
PN_BINARY(less_i64, int64_t, bool, x < y)
PN_BINARY(less_equal_i64, int64_t, bool, x <= y)
PN_UNARY(not_bool, bool, bool, !x)
PN_BINARY(and_bool, bool, bool, x & y)
PN_BINARY(or_bool, bool, bool, x | y)
PN_BINARY(equal_bool, bool, bool, x == y)

template <typename From, typename To>
void convert(void* r, const void* a, const void*, const void*, int64_t count) {
  To* __restrict result = static_cast<To*>(r);
  const From* x = static_cast<const From*>(a);
  for (int64_t i = 0; i < count; i++) result[i] = static_cast<To>(x[i]);
}

/// Beyond the range of integers the nearest of them; 0 for what is not a number.
template <typename From>
void whole(void* r, const void* a, const void*, const void*, int64_t count) {
  int64_t* __restrict result = static_cast<int64_t*>(r);
  const From* x = static_cast<const From*>(a);
  for (int64_t i = 0; i < count; i++)
    result[i] = x[i] != x[i] ? 0 : x[i] >= From(9223372036854775808.0) ? std::numeric_limits<int64_t>::max() : x[i] <= From(-9223372036854775808.0) ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(x[i]);
}

template <typename From>
void truth(void* r, const void* a, const void*, const void*, int64_t count) {
  bool* result = static_cast<bool*>(r);
  const From* x = static_cast<const From*>(a);
  for (int64_t i = 0; i < count; i++) result[i] = x[i] != 0;
}

/// Bits chosen by a mask, which compilers vectorise where they do not a choice of floating-point values by truth values in bytes.
template <typename Bits>
void select(void* r, const void* c, const void* a, const void* b, int64_t count) {
  Bits* __restrict result = static_cast<Bits*>(r);
  const uint8_t* condition = static_cast<const uint8_t*>(c);
  const Bits *x = static_cast<const Bits*>(a), *y = static_cast<const Bits*>(b);
  for (int64_t i = 0; i < count; i++) {
    const Bits mask = static_cast<Bits>(-static_cast<Bits>(condition[i]));
    result[i] = (x[i] & mask) | (y[i] & static_cast<Bits>(~mask));
  }
}

template <typename From>
TileFunction conversion(Type to) {
  switch (to) {
    case Type::F32: return convert<From, float>;
    case Type::F64: return convert<From, double>;
    case Type::I64: return std::is_floating_point<From>::value ? whole<From> : convert<From, int64_t>;
    default: return truth<From>;
  }
}

TileFunction function(Code code, Type operand, Type result) {
#define PN_PICK(name) (operand == Type::F32 ? name##_f32 : operand == Type::F64 ? name##_f64 : nullptr)
#define PN_PICK_I(name) (operand == Type::I64 ? name##_i64 : PN_PICK(name))
  switch (code) {
    case Code::Neg: return PN_PICK_I(neg);
    case Code::Abs: return PN_PICK_I(abs);
    case Code::Sign: return PN_PICK_I(sign);
    case Code::Floor: return PN_PICK(floor);
    case Code::Exp: return PN_PICK(exp);
    case Code::Expm1: return PN_PICK(expm1);
    case Code::Log: return PN_PICK(log);
    case Code::Log1p: return PN_PICK(log1p);
    case Code::Sqrt: return PN_PICK(sqrt);
    case Code::Tanh: return PN_PICK(tanh);
    case Code::Sigmoid: return PN_PICK(sigmoid);
    case Code::Softplus: return PN_PICK(softplus);
    case Code::Sin: return PN_PICK(sin);
    case Code::Cos: return PN_PICK(cos);
    case Code::Atan: return PN_PICK(atan);
    case Code::Erf: return PN_PICK(erf);
    case Code::IsFinite: return PN_PICK(finite);
    case Code::Not: return operand == Type::Bool ? not_bool : nullptr;
    case Code::Add: return PN_PICK_I(add);
    case Code::Sub: return PN_PICK_I(sub);
    case Code::Mul: return PN_PICK_I(mul);
    case Code::Div: return PN_PICK(div);
    case Code::Pow: return PN_PICK(pow);
    case Code::Max: return PN_PICK_I(max);
    case Code::Min: return PN_PICK_I(min);
    case Code::Equal: return operand == Type::Bool ? equal_bool : PN_PICK_I(equal);
    case Code::Less: return PN_PICK_I(less);
    case Code::LessEqual: return PN_PICK_I(less_equal);
    case Code::And: return operand == Type::Bool ? and_bool : nullptr;
    case Code::Or: return operand == Type::Bool ? or_bool : nullptr;
    case Code::Select:
      return operand == Type::F32 ? select<uint32_t> : operand == Type::Bool ? select<uint8_t> : select<uint64_t>;
    case Code::Convert:
      return operand == Type::F32 ? conversion<float>(result) : operand == Type::F64 ? conversion<double>(result)
             : operand == Type::I64 ? conversion<int64_t>(result) : conversion<bool>(result);
    default: return nullptr;
  }
}

// Philox4x32-10 (Salmon et al., SC 2011), a group of blocks at once.
constexpr int kBlocks = 16;

struct Counter {
  uint32_t c1, c2, c3, k0, k1;
  Counter(const Instruction& draw, int64_t seed, int64_t step, int64_t index)
      : c1(static_cast<uint32_t>(index)),
        c2(static_cast<uint32_t>(step) + static_cast<uint32_t>(static_cast<uint64_t>(index) >> 32) * 0x9E3779B9u),
        c3(draw.stream), k0(static_cast<uint32_t>(seed)), k1(static_cast<uint32_t>(static_cast<uint64_t>(seed) >> 32)) {}
};

struct Words { uint32_t w[4][kBlocks]; };

inline void philox(uint32_t first, const Counter& at, Words& out) {
  uint32_t a[kBlocks], b[kBlocks], c[kBlocks], d[kBlocks];
  for (int l = 0; l < kBlocks; l++) { a[l] = first + l; b[l] = at.c1; c[l] = at.c2; d[l] = at.c3; }
  uint32_t k0 = at.k0, k1 = at.k1;
  for (int round = 0; round < 10; round++) {
    for (int l = 0; l < kBlocks; l++) {
      const uint64_t p0 = uint64_t{0xD2511F53u} * a[l], p1 = uint64_t{0xCD9E8D57u} * c[l];
      a[l] = static_cast<uint32_t>(p1 >> 32) ^ b[l] ^ k0;
      b[l] = static_cast<uint32_t>(p1);
      c[l] = static_cast<uint32_t>(p0 >> 32) ^ d[l] ^ k1;
      d[l] = static_cast<uint32_t>(p0);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  std::memcpy(out.w[0], a, sizeof a);
  std::memcpy(out.w[1], b, sizeof b);
  std::memcpy(out.w[2], c, sizeof c);
  std::memcpy(out.w[3], d, sizeof d);
}

inline float uniform32(uint32_t word) { return (static_cast<float>(static_cast<int32_t>(word >> 9)) + 0.5f) * (1.f / (1 << 23)); }
inline double uniform64(uint32_t high, uint32_t low) {
  const uint64_t word = (static_cast<uint64_t>(high) << 32 | low) >> 12;
  return (static_cast<double>(static_cast<int64_t>(word)) + 0.5) * (1.0 / (int64_t{1} << 52));
}

/// Two normals from two uniforms (Box and Muller 1958): the angle is 2 pi v, reduced to a quarter turn.
inline void box_muller(float u, float v, float& cosine, float& sine) {
  const float radius = std::sqrt(-2.f * log_(u));
  const float turns = 4.f * v, n = nearest(turns), y = (turns - n) * 1.57079637f, z = y * y;
  const float s = y + y * z * (-0.166666667f + z * (0.00833333333f + z * (-1.98412698e-4f + z * 2.75573192e-6f)));
  const float c = 1.f + z * (-0.5f + z * (0.0416666667f + z * (-0.00138888889f + z * (2.48015873e-5f + z * -2.75573192e-7f))));
  const int32_t quarter = static_cast<int32_t>(n);
  const float cos_ = (quarter & 1) ? s : c, sin_ = (quarter & 1) ? c : s;
  cosine = radius * (((quarter + 1) & 2) ? -cos_ : cos_);
  sine = radius * ((quarter & 2) ? -sin_ : sin_);
}

inline void box_muller(double u, double v, double& cosine, double& sine) {
  const double radius = std::sqrt(-2 * std::log(u));
  const double turns = 4 * v, n = std::nearbyint(turns), y = (turns - n) * 1.5707963267948966;
  const double s = std::sin(y), c = std::cos(y);
  const int quarter = static_cast<int>(n);
  const double cos_ = (quarter & 1) ? s : c, sin_ = (quarter & 1) ? c : s;
  cosine = radius * (((quarter + 1) & 2) ? -cos_ : cos_);
  sine = radius * ((quarter & 2) ? -sin_ : sin_);
}

// Each fills `out` with the elements that a group of blocks holds.
inline void uniforms(const Words& w, float* out) {
  for (int l = 0; l < kBlocks; l++)
    for (int k = 0; k < 4; k++) out[4 * l + k] = uniform32(w.w[k][l]);
}
inline void uniforms(const Words& w, double* out) {
  for (int l = 0; l < kBlocks; l++)
    for (int k = 0; k < 2; k++) out[2 * l + k] = uniform64(w.w[2 * k][l], w.w[2 * k + 1][l]);
}
inline void normals(const Words& w, float* out) {
  float first[2][kBlocks], second[2][kBlocks];
  for (int pair = 0; pair < 2; pair++)
    for (int l = 0; l < kBlocks; l++) box_muller(uniform32(w.w[2 * pair][l]), uniform32(w.w[2 * pair + 1][l]), first[pair][l], second[pair][l]);
  for (int l = 0; l < kBlocks; l++)
    for (int pair = 0; pair < 2; pair++) { out[4 * l + 2 * pair] = first[pair][l]; out[4 * l + 2 * pair + 1] = second[pair][l]; }
}
inline void normals(const Words& w, double* out) {
  for (int l = 0; l < kBlocks; l++) box_muller(uniform64(w.w[0][l], w.w[1][l]), uniform64(w.w[2][l], w.w[3][l]), out[2 * l], out[2 * l + 1]);
}
template <typename T>
inline void signs(const Words& w, T* out) {
  for (int l = 0; l < kBlocks; l++)
    for (int k = 0; k < 4; k++) {
      const uint32_t word = w.w[k][l];
      for (int bit = 0; bit < 32; bit++) out[128 * l + 32 * k + bit] = (word >> bit) & 1 ? T(1) : T(-1);
    }
}

template <typename T, int each, void (*fill)(const Words&, T*)>
void draw(void* result, const Instruction& draw, const int64_t* seed, const int64_t* step, const int64_t* draws, int64_t first, int64_t count) {
  T* out = static_cast<T*>(result);
  T buffer[each * kBlocks];
  Words words;
  while (count > 0) {
    const int64_t index = first / draw.event, element = first % draw.event;
    const int64_t run = count < draw.event - element ? count : draw.event - element;
    const Counter at(draw, *seed, *step, draws[index]);
    for (int64_t done = 0; done < run;) {
      const int64_t e = element + done, block = e / each, skip = e - block * each;
      const int64_t some = run - done < each * kBlocks - skip ? run - done : each * kBlocks - skip;
      philox(static_cast<uint32_t>(block), at, words);
      if (skip == 0 && some == each * kBlocks) {
        fill(words, out + done);
      } else {
        fill(words, buffer);
        std::memcpy(out + done, buffer + skip, static_cast<size_t>(some) * sizeof(T));
      }
      done += some;
    }
    out += run;
    first += run;
    count -= run;
  }
}

DrawFunction draw_function(Code code, Type type) {
  const bool single = type == Type::F32;
  switch (code) {
    case Code::Uniform: return single ? draw<float, 4, uniforms> : draw<double, 2, uniforms>;
    case Code::Normal: return single ? draw<float, 4, normals> : draw<double, 2, normals>;
    default: return single ? draw<float, 128, signs<float>> : draw<double, 128, signs<double>>;
  }
}

template <typename T>
double sum(const T* x, int64_t count, double before) {
  double lanes[16] = {};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] += x[i + l];
  double total = 0;
  for (; i < count; i++) total += x[i];
  for (const double lane : lanes) total += lane;
  return before + total;
}

template <typename T>
void add(double* to, const T* x, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] += x[i];
}

}  // namespace

const TileTable& table() {
  static const TileTable made = {PN_ISA_NAME, function, draw_function, sum<float>, sum<double>, add<float>, add<double>};
  return made;
}

}  // namespace PN_ISA
}  // namespace probnet
