// Fused regions: programs that compute, element by element over one space, functions of tensors, and fold them.
//
// A program is text, one statement after another, each ended by ';':
//
//   space 4096                            how many elements are visited, in order
//   f32 v0 = load 0                       element i of inputs[0]
//   f32 v1 = load 1 3 : 64 64 : 1 64      element at offset 3 + i1 * 1 + i2 * 64 of inputs[1], where i = i1 * 64 + i2
//   f32 v2 = literal 0.5
//   f32 v3 = normal 2 3 4 77 256          a draw: inputs of seed, step and draws, the stream, and the elements of one draw
//   f32 v4 = softplus v0                  an elementwise function of earlier values
//   out 64 64 = v4                        a new tensor of that shape
//   out = sum v4                          ... of the sum of all elements; `sum v4 rows 64`: of each row of 64; `sum v4 columns 64`: of each column; `max` likewise
//   set 0 = v4                            writes over updated[0]; everything is read before anything is written at an element
//
// Values are named in order from v0. Types are f32, f64, i64 and bool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace probnet {

enum class Type : uint8_t { F32, F64, I64, Bool };

enum class Code : uint8_t {
  Load, Literal, Uniform, Normal, Sign_,
  Neg, Abs, Sign, Floor, Exp, Expm1, Log, Log1p, Sqrt, Tanh, Sigmoid, Softplus, Sin, Cos, Atan, Erf, IsFinite, Not, Convert,
  Add, Sub, Mul, Div, Pow, Max, Min, Equal, Less, LessEqual, And, Or,
  Select,
  Count,
};

/// What reads or computes one value for every element of the space.
struct Instruction {
  Code code;
  Type type;             // of the result
  Type operand_type;     // of the operands; of a selection, of what is selected
  int operands[3] = {-1, -1, -1};
  // Load: which input, where its elements are. A load of whole inputs has no axes.
  int input = -1;
  int64_t offset = 0;
  std::vector<int64_t> sizes, strides;
  // Literal
  double real = 0;
  int64_t integer = 0;
  // Draws: inputs of seed, step, draws are `operands`
  uint32_t stream = 0;
  int64_t event = 1;

  bool is_draw() const { return code == Code::Uniform || code == Code::Normal || code == Code::Sign_; }
  /// Whether one element serves the whole space.
  bool is_scalar() const {
    if (code == Code::Literal) return true;
    if (code != Code::Load || sizes.empty()) return false;
    for (size_t i = 0; i < sizes.size(); i++)
      if (sizes[i] != 1 && strides[i] != 0) return false;
    return true;
  }
};

enum class Fold : uint8_t { None, All, Rows, Columns };

/// What is kept: a new tensor, or one of the updated ones.
struct Result {
  int value;
  int updated = -1;              // which of the updated, or -1 for a new tensor
  std::vector<int64_t> shape;    // of a new tensor
  Fold fold = Fold::None;
  bool is_max = false;
  int64_t columns = 0;           // of the space as folded
};

struct Program {
  std::string text;
  int64_t space = 0;
  int inputs = 0, updated = 0;   // one more than the largest index used
  std::vector<Instruction> code;
  std::vector<Result> results;
};

/// @throws std::invalid_argument with the statement that is wrong.
std::shared_ptr<const Program> parse_program(const std::string& text);

const char* type_name(Type type);
size_t type_size(Type type);

}  // namespace probnet
