// Writes kernels. One thread computes an element, or the two or four neighbours that share a block of random words; it reads all that they need before it writes anything.
//
// What is kept as it is and what is folded goes into as few kernels as the forms of the folds allow; each kernel computes by itself the values that it needs. A fold of
// many elements is done in parts, by blocks of their own, and a further kernel folds the parts. Sums of floating-point numbers are formed in double precision, and no
// order depends on anything but the program: the same numbers come out on every device and run.
#include "cuda_source.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>
#include <stdexcept>

#include "kernel_text.h"

namespace probnet {

namespace {

// Blocks that are worth having: some for each multiprocessor of a large device.
constexpr int64_t kManyThreads = 1 << 17, kManyParts = 1024, kMostBlocks = 1 << 13;

const char* c_type(Type type) {
  switch (type) {
    case Type::F32: return "float";
    case Type::F64: return "double";
    case Type::I64: return "i64";
    default: return "bool";
  }
}

template <typename... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  (out << ... << parts);
  return out.str();
}

std::string literal(const Instruction& i) {
  if (i.type == Type::I64) return i.integer == INT64_MIN ? "(-9223372036854775807ll - 1)" : text(i.integer, "ll");
  if (i.type == Type::Bool) return i.integer != 0 ? "true" : "false";
  if (i.type == Type::F32) {
    const float value = static_cast<float>(i.real);
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return text("f32_of(", bits, "u)");
  }
  uint64_t bits;
  std::memcpy(&bits, &i.real, sizeof bits);
  return text("f64_of(", bits, "ull)");
}

const char* function(Code code) {
  switch (code) {
    case Code::Neg: return "neg_";
    case Code::Abs: return "abs_";
    case Code::Sign: return "sign_";
    case Code::Floor: return "floor_";
    case Code::Exp: return "exp_";
    case Code::Expm1: return "expm1_";
    case Code::Log: return "log_";
    case Code::Log1p: return "log1p_";
    case Code::Sqrt: return "sqrt_";
    case Code::Tanh: return "tanh_";
    case Code::Sigmoid: return "sigmoid_";
    case Code::Softplus: return "softplus_";
    case Code::Sin: return "sin_";
    case Code::Cos: return "cos_";
    case Code::Atan: return "atan_";
    case Code::Erf: return "erf_";
    case Code::IsFinite: return "is_finite_";
    case Code::Pow: return "pow_";
    case Code::Max: return "max_";
    case Code::Min: return "min_";
    case Code::Uniform: return "uniform";
    case Code::Normal: return "normal";
    case Code::Sign_: return "sign";
    default: return nullptr;
  }
}

const char* infix(Code code) {
  switch (code) {
    case Code::Add: return " + ";
    case Code::Sub: return " - ";
    case Code::Mul: return " * ";
    case Code::Div: return " / ";
    case Code::Equal: return " == ";
    case Code::Less: return " < ";
    case Code::LessEqual: return " <= ";
    case Code::And: return " & ";
    case Code::Or: return " | ";
    default: return nullptr;
  }
}

/// The elements that a block of random words makes.
int64_t block_of(const Instruction& draw) { return draw.code == Code::Sign_ ? 128 : draw.type == Type::F32 ? 4 : 2; }

int64_t divided_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// What one kernel keeps.
struct Group {
  Fold fold = Fold::None;
  int64_t columns = 0;         // of a fold by rows or columns; a fold of everything is one row
  std::vector<int> plain, folded;   // results
};

class Writer {
 public:
  explicit Writer(const Program& program) : program_(program) {}

  CudaSource write() {
    for (const Group& group : groups()) kernel(group);
    made_.text = text(kKernelText, kFoldsText, kernels_, host());
    return std::move(made_);
  }

 private:
  /// Folds of one form together; what is kept as it is with the last of them, since it may overwrite what the others read.
  std::vector<Group> groups() const {
    std::vector<Group> made;
    std::vector<int> plain;
    for (size_t k = 0; k < program_.results.size(); k++) {
      const Result& r = program_.results[k];
      if (r.fold == Fold::None) {
        plain.push_back(static_cast<int>(k));
        continue;
      }
      Group wanted;
      wanted.fold = r.fold;
      wanted.columns = r.fold == Fold::All ? program_.space : r.columns;
      auto same = std::find_if(made.begin(), made.end(), [&](const Group& g) { return g.fold == wanted.fold && g.columns == wanted.columns; });
      if (same == made.end()) same = made.insert(made.end(), wanted);
      same->folded.push_back(static_cast<int>(k));
    }
    if (made.empty()) made.emplace_back();
    made.back().plain = plain;
    if (made.size() == 1 && made[0].folded.empty() && (plain.empty() || program_.space == 0)) made.clear();
    return made;
  }

  Type type_of(int value) const { return program_.code[static_cast<size_t>(value)].type; }

  /// The type that a fold is accumulated in.
  const char* folded_type(const Result& r) const { return !r.is_max && type_of(r.value) == Type::F32 ? "double" : c_type(type_of(r.value)); }

  std::string start(const Result& r) const {
    const std::string type = folded_type(r);
    if (!r.is_max) return text(type, "(0)");
    return type == "float" ? "f32_of(0xff800000u)" : type == "double" ? "f64_of(0xfff0000000000000ull)" : "(-9223372036854775807ll - 1)";
  }

  static std::string fold_of(const Result& r) { return r.is_max ? "Max" : "Sum"; }

  std::vector<bool> needed(const Group& group) const {
    std::vector<bool> made(program_.code.size(), false);
    for (const auto* results : {&group.plain, &group.folded})
      for (const int k : *results) made[static_cast<size_t>(program_.results[static_cast<size_t>(k)].value)] = true;
    for (size_t i = program_.code.size(); i-- > 0;) {
      if (!made[i] || program_.code[i].is_draw()) continue;
      for (const int operand : program_.code[i].operands)
        if (operand >= 0) made[static_cast<size_t>(operand)] = true;
    }
    return made;
  }

  /// Elements that a thread computes at a time: as many as share a block of random words, where these lie side by side everywhere.
  int width(const Group& group, const std::vector<bool>& needed) const {
    int64_t widest = 1;
    for (size_t i = 0; i < needed.size(); i++)
      if (needed[i] && program_.code[i].is_draw()) widest = std::max(widest, std::min<int64_t>(4, block_of(program_.code[i])));
    for (; widest > 1; widest /= 2) {
      bool fits = program_.space % widest == 0 && (group.fold == Fold::None || group.columns % widest == 0);
      for (size_t i = 0; i < needed.size(); i++)
        if (needed[i] && program_.code[i].is_draw() && program_.code[i].event % widest != 0) fits = false;
      if (fits) break;
    }
    return static_cast<int>(widest);
  }

  // The arguments of the kernel being written.
  std::string input(int index, Type type) {
    const std::string name = text("i", index);
    argument({KernelArgument::Input, index}, text("const ", c_type(type), "* "), name);
    return name;
  }
  std::string result(int index) {
    const std::string name = text("r", index);
    argument({KernelArgument::Result, index}, text(c_type(type_of(program_.results[static_cast<size_t>(index)].value)), "* "), name);
    return name;
  }
  void argument(KernelArgument what, const std::string& type, const std::string& name) {
    for (const std::string& known : names_)
      if (known == name) return;
    launch_.arguments.push_back(what);
    names_.push_back(name);
    types_.push_back(type);
  }

  std::string ref(int value) const { return text("v", value, program_.code[static_cast<size_t>(value)].is_scalar() ? "" : "[j]"); }

  /// Values that are the same everywhere, and the counters of draws.
  void scalars(const std::vector<bool>& needed) {
    std::vector<int> counters;
    for (size_t i = 0; i < needed.size(); i++) {
      if (!needed[i]) continue;
      const Instruction& code = program_.code[i];
      if (code.is_draw())
        for (int k = 0; k < 2; k++)
          if (std::find(counters.begin(), counters.end(), code.operands[k]) == counters.end()) {
            counters.push_back(code.operands[k]);
            body_ << "  const i64 counter" << code.operands[k] << " = *" << input(code.operands[k], Type::I64) << ";\n";
          }
      if (!code.is_scalar()) continue;
      body_ << "  const " << c_type(code.type) << " v" << i << " = ";
      if (code.code == Code::Literal) body_ << literal(code) << ";";
      else body_ << input(code.input, code.type) << "[" << code.offset << "];";
      if (code.code == Code::Literal && (code.type == Type::F32 || code.type == Type::F64)) body_ << "  // " << code.real;
      body_ << "\n";
    }
  }

  /// Statements that compute `needed` of `width` elements from `e` on, and write what is kept as it is.
  void element(const Group& group, const std::vector<bool>& needed, int width, const std::string& indent) {
    std::map<std::vector<int64_t>, int> splits;
    const std::string each = width == 1 ? "{ const int j = 0; " : text("PN_UNROLL for (int j = 0; j < ", width, "; j++) { ");
    for (size_t i = 0; i < needed.size(); i++) {
      const Instruction& code = program_.code[i];
      if (!needed[i] || code.is_scalar()) continue;
      body_ << indent << c_type(code.type) << " v" << i << "[" << width << "];\n";
      if (code.is_draw()) draw(code, static_cast<int>(i), width, each, indent);
      else if (code.code != Code::Load) body_ << indent << each << "v" << i << "[j] = " << expression(code) << "; }\n";
      else if (code.sizes.empty()) body_ << indent << each << "v" << i << "[j] = " << input(code.input, code.type) << "[e + j]; }\n";
      else load(code, static_cast<int>(i), width, each, indent, splits);
    }
    for (const int k : group.plain) body_ << indent << each << result(k) << "[e + j] = " << ref(program_.results[static_cast<size_t>(k)].value) << "; }\n";
  }

  std::string expression(const Instruction& code) const {
    const std::string a = ref(code.operands[0]);
    if (code.code == Code::Not) return "!" + a;
    if (code.code == Code::Select) return text(a, " ? ", ref(code.operands[1]), " : ", ref(code.operands[2]));
    if (code.code == Code::Convert) {
      if (code.type == Type::Bool) return a + " != 0";
      if (code.type == Type::I64 && (code.operand_type == Type::F32 || code.operand_type == Type::F64)) return "to_integer(" + a + ")";
      return text("(", c_type(code.type), ")", a);
    }
    if (const char* sign = infix(code.code)) return a + sign + ref(code.operands[1]);
    const std::string name = function(code.code);
    return code.operands[1] < 0 ? text(name, "(", a, ")") : text(name, "(", a, ", ", ref(code.operands[1]), ")");
  }

  void draw(const Instruction& code, int value, int width, const std::string& each, const std::string& indent) {
    const int64_t block = block_of(code);
    const std::string name = function(code.code);
    body_ << indent << "{\n";
    const bool many = code.event < program_.space;
    body_ << indent << "  const index_t d = " << (many ? text("e / ", code.event, "u") : "0") << ", k = " << (many ? text("e - d * ", code.event, "u") : "e") << ";\n";
    const std::string words = text("philox((u32)(k / ", block, "u)");
    const std::string rest = text(", counter", code.operands[0], ", counter", code.operands[1], ", ", input(code.operands[2], Type::I64), "[d], ", code.stream, "u, 0u)");
    if (block <= width) {
      for (int64_t b = 0; b < width; b += block)
        body_ << indent << "  " << name << "s(philox((u32)(k / " << block << "u) + " << b / block << "u" << rest << ", v" << value << " + " << b << ");\n";
    } else {
      body_ << indent << "  const Words x = " << words << rest << ";\n";
      body_ << indent << "  " << each << name << "_at(x, (u32)(k % " << block << "u) + j, v" << value << "[j]); }\n";
    }
    body_ << indent << "}\n";
  }

  /// A load of elements by strides. Loads of the same sizes share the positions.
  void load(const Instruction& code, int value, int width, const std::string& each, const std::string& indent, std::map<std::vector<int64_t>, int>& splits) {
    auto known = splits.find(code.sizes);
    const int rank = static_cast<int>(code.sizes.size());
    if (known == splits.end()) {
      known = splits.emplace(code.sizes, static_cast<int>(splits.size())).first;
      for (int axis = 0; axis < rank; axis++)
        if (code.sizes[static_cast<size_t>(axis)] != 1) body_ << indent << "index_t at" << known->second << "_" << axis << "[" << width << "];\n";
      body_ << indent << each << "index_t left = e + j; ";
      int first = 0;
      while (first < rank && code.sizes[static_cast<size_t>(first)] == 1) first++;
      for (int axis = rank - 1; axis >= first; axis--) {
        const int64_t size = code.sizes[static_cast<size_t>(axis)];
        if (size == 1) continue;
        const std::string place = text("at", known->second, "_", axis, "[j]");
        if (axis == first) body_ << place << " = left; ";
        else body_ << place << " = left % " << size << "u; left /= " << size << "u; ";
      }
      body_ << "}\n";
    }
    int64_t low = code.offset, high = code.offset;
    for (int axis = 0; axis < rank; axis++) {
      const int64_t span = (code.sizes[static_cast<size_t>(axis)] - 1) * code.strides[static_cast<size_t>(axis)];
      (span < 0 ? low : high) += span;
    }
    const char* offset_type = low < INT32_MIN / 2 || high > INT32_MAX / 2 || is_large() ? "i64" : "int";
    body_ << indent << each << "v" << value << "[j] = " << input(code.input, code.type) << "[(" << offset_type << ")" << code.offset;
    for (int axis = 0; axis < rank; axis++) {
      const int64_t stride = code.strides[static_cast<size_t>(axis)];
      if (stride == 0 || code.sizes[static_cast<size_t>(axis)] == 1) continue;
      body_ << " + (" << offset_type << ")at" << known->second << "_" << axis << "[j] * " << stride;
    }
    body_ << "]; }\n";
  }

  bool is_large() const { return program_.space > INT32_MAX / 2; }

  void kernel(const Group& group) {
    const std::vector<bool> wanted = needed(group);
    const int wide = width(group, wanted);
    launch_ = {};
    launch_.name = text("region", made_.launches.size());
    names_.clear();
    types_.clear();
    body_.str("");
    body_ << "  typedef " << (is_large() ? "u64" : "u32") << " index_t;\n";
    if (program_.space > 0) scalars(wanted);
    // Folds of several parts leave them in scratch memory: the parts of the first output, then those of the next.
    int64_t outputs = 0, parts = 1;
    if (group.fold == Fold::None) flat(group, wanted, wide);
    else if (group.fold == Fold::Columns) columns(group, wanted, wide, outputs, parts);
    else rows(group, wanted, wide, outputs, parts);
    finish_kernel();
    if (parts > 1) combine(group, outputs, parts);
  }

  void finish_kernel() {
    std::ostringstream head;
    head << "\nPN_KERNEL " << launch_.name << "(";
    for (size_t a = 0; a < names_.size(); a++) head << (a > 0 ? ", " : "") << types_[a] << names_[a];
    head << ") {\n";
    kernels_ += head.str() + body_.str() + "}\n";
    calls_ += text("  pn_launch(", launch_.blocks_x, ", ", launch_.blocks_y, ", ", kThreads, ", [&] { ", launch_.name, "(");
    for (size_t a = 0; a < names_.size(); a++) {
      const KernelArgument& what = launch_.arguments[a];
      const std::string from = what.kind == KernelArgument::Input ? text("inputs[", what.index, "]") : what.kind == KernelArgument::Result ? text("results[", what.index, "]") : text("(scratch + ", what.index, ")");
      calls_ += text(a > 0 ? ", " : "", "(", types_[a], ")", from);
    }
    calls_ += "); });\n";
    made_.launches.push_back(launch_);
  }

  void flat(const Group& group, const std::vector<bool>& wanted, int wide) {
    launch_.blocks_x = std::min(kMostBlocks, divided_up(program_.space, kThreads * wide));
    body_ << "  for (index_t e = ((index_t)blockIdx.x * " << kThreads << "u + threadIdx.x) * " << wide << "u; e < " << program_.space << "u; e += (index_t)gridDim.x * " << kThreads * wide << "u) {\n";
    element(group, wanted, wide, "    ");
    body_ << "  }\n";
  }

  void accumulators(const Group& group, int wide) {
    body_ << "  __shared__ double memory[" << kThreads << "];\n";
    for (const int k : group.folded) {
      const Result& r = program_.results[static_cast<size_t>(k)];
      body_ << "  " << folded_type(r) << " a" << k << "[" << wide << "];\n  for (int j = 0; j < " << wide << "; j++) a" << k << "[j] = " << start(r) << ";\n";
    }
  }

  void accumulate(const Group& group, int wide, bool apart) {
    for (const int k : group.folded) {
      const Result& r = program_.results[static_cast<size_t>(k)];
      const std::string to = text("a", k, apart ? "[j]" : "[0]");
      body_ << "      PN_UNROLL for (int j = 0; j < " << wide << "; j++) " << to << " = " << fold_of(r) << "::of<" << folded_type(r) << ">(" << to << ", (" << folded_type(r) << ")" << ref(r.value) << ");\n";
    }
  }

  /// Where parts of a result are kept.
  std::string partial(int k, int64_t outputs, int64_t parts) {
    const std::string name = text("p", k);
    places_[k] = made_.scratch;
    argument({KernelArgument::Scratch, made_.scratch}, text(folded_type(program_.results[static_cast<size_t>(k)]), "* "), name);
    made_.scratch += divided_up(outputs * parts * 8, 256) * 256;
    return name;
  }

  void rows(const Group& group, const std::vector<bool>& wanted, int wide, int64_t& outputs, int64_t& parts) {
    const int64_t columns = group.columns, steps = divided_up(columns, wide);
    outputs = group.fold == Fold::All ? 1 : program_.space / columns;
    int64_t lanes = 1;
    while (lanes < kThreads && lanes < steps && (lanes < 32 || outputs * lanes < kManyThreads)) lanes *= 2;
    const int64_t each = kThreads / lanes;
    launch_.blocks_x = std::max<int64_t>(1, divided_up(outputs, each));
    if (launch_.blocks_x * kThreads < kManyThreads && steps > 4 * lanes)
      parts = std::max<int64_t>(1, std::min(kManyParts / launch_.blocks_x, divided_up(steps, 2 * lanes)));
    const int64_t chunk = divided_up(divided_up(columns, parts), wide) * wide;
    if (chunk > 0) parts = divided_up(columns, chunk);
    launch_.blocks_y = parts;
    accumulators(group, 1);
    body_ << "  const int lane = (int)(threadIdx.x % " << lanes << "u);\n  const index_t row = (index_t)blockIdx.x * " << each << "u + threadIdx.x / " << lanes << "u;\n";
    if (program_.space > 0) {
      body_ << "  if (row < " << outputs << "u) {\n    const index_t begin = (index_t)blockIdx.y * " << chunk << "u, end = begin + " << chunk << "u < " << columns << "u ? begin + " << chunk << "u : " << columns << "u;\n";
      body_ << "    for (index_t column = begin + (index_t)lane * " << wide << "u; column < end; column += " << lanes * wide << "u) {\n      const index_t e = row * " << columns << "u + column;\n";
      element(group, wanted, wide, "      ");
      accumulate(group, wide, false);
      body_ << "    }\n  }\n";
    }
    for (const int k : group.folded) {
      const Result& r = program_.results[static_cast<size_t>(k)];
      const std::string target = parts > 1 ? text(partial(k, outputs, parts), "[(index_t)blockIdx.y * ", outputs, "u + row]") : text(result(k), "[row]");
      body_ << "  { const " << folded_type(r) << " folded = fold_block<" << fold_of(r) << ">(a" << k << "[0], lane, 1, " << lanes << ", memory); if (lane == 0 && row < " << outputs << "u) " << target << " = ("
            << (parts > 1 ? folded_type(r) : c_type(type_of(r.value))) << ")folded; }\n";
    }
  }

  void columns(const Group& group, const std::vector<bool>& wanted, int wide, int64_t& outputs, int64_t& parts) {
    outputs = group.columns;
    const int64_t rows = program_.space / outputs;
    int64_t across = 1;
    while (across < 32 && across * wide < outputs) across *= 2;
    const int64_t down = kThreads / across;
    launch_.blocks_x = divided_up(outputs, across * wide);
    if (launch_.blocks_x * kThreads < kManyThreads && rows > 4 * down)
      parts = std::max<int64_t>(1, std::min(kManyParts / launch_.blocks_x, divided_up(rows, 2 * down)));
    const int64_t chunk = divided_up(rows, parts);
    if (chunk > 0) parts = divided_up(rows, chunk);
    launch_.blocks_y = parts;
    accumulators(group, wide);
    body_ << "  const int down = (int)(threadIdx.x / " << across << "u);\n  const index_t column = ((index_t)blockIdx.x * " << across << "u + threadIdx.x % " << across << "u) * " << wide << "u;\n";
    if (program_.space > 0) {
      body_ << "  if (column < " << outputs << "u) {\n    const index_t begin = (index_t)blockIdx.y * " << chunk << "u, end = begin + " << chunk << "u < " << rows << "u ? begin + " << chunk << "u : " << rows << "u;\n";
      body_ << "    for (index_t row = begin + (index_t)down; row < end; row += " << down << "u) {\n      const index_t e = row * " << outputs << "u + column;\n";
      element(group, wanted, wide, "      ");
      accumulate(group, wide, true);
      body_ << "    }\n  }\n";
    }
    for (const int k : group.folded) {
      const Result& r = program_.results[static_cast<size_t>(k)];
      const std::string target = parts > 1 ? text(partial(k, outputs, parts), "[(index_t)blockIdx.y * ", outputs, "u + column + j]") : text(result(k), "[column + j]");
      body_ << "  for (int j = 0; j < " << wide << "; j++) { const " << folded_type(r) << " folded = fold_block<" << fold_of(r) << ">(a" << k << "[j], down, " << across << ", " << down
            << ", memory); if (down == 0 && column < " << outputs << "u) " << target << " = (" << (parts > 1 ? folded_type(r) : c_type(type_of(r.value))) << ")folded; }\n";
    }
  }

  /// Folds parts: columns of the scratch memory.
  void combine(const Group& group, int64_t outputs, int64_t parts) {
    launch_ = {};
    launch_.name = text("region", made_.launches.size());
    names_.clear();
    types_.clear();
    body_.str("");
    int64_t across = 1;
    while (across < 32 && across < outputs) across *= 2;
    const int64_t down = kThreads / across;
    launch_.blocks_x = divided_up(outputs, across);
    body_ << "  typedef u64 index_t;\n  __shared__ double memory[" << kThreads << "];\n  const int down = (int)(threadIdx.x / " << across << "u);\n  const index_t column = (index_t)blockIdx.x * " << across
          << "u + threadIdx.x % " << across << "u;\n";
    for (const int k : group.folded) {
      const Result& r = program_.results[static_cast<size_t>(k)];
      const std::string type = folded_type(r), from = text("p", k);
      argument({KernelArgument::Scratch, places_.at(k)}, text(type, "* "), from);
      body_ << "  {\n    " << type << " a = " << start(r) << ";\n    if (column < " << outputs << "u) for (index_t part = (index_t)down; part < " << parts << "u; part += " << down << "u) a = " << fold_of(r) << "::of<"
            << type << ">(a, " << from << "[part * " << outputs << "u + column]);\n    a = fold_block<" << fold_of(r) << ">(a, down, " << across << ", " << down << ", memory);\n    if (down == 0 && column < " << outputs
            << "u) " << result(k) << "[column] = (" << c_type(type_of(r.value)) << ")a;\n  }\n";
    }
    finish_kernel();
  }

  /// For a C++ compiler: the launches, one after another.
  std::string host() const {
    return text("\n#if defined(PN_EMULATE)\nstatic const i64 scratch_bytes = ", made_.scratch, ";\nstatic void run_region(const void* const* inputs, void* const* results, char* scratch) {\n  (void)inputs; (void)results; (void)scratch;\n", calls_, "}\n#endif\n");
  }

  const Program& program_;
  CudaSource made_;
  KernelLaunch launch_;
  std::vector<std::string> names_, types_;
  std::map<int, int64_t> places_;
  std::ostringstream body_;
  std::string kernels_, calls_;
};

}  // namespace

CudaSource cuda_source(const Program& program) { return Writer(program).write(); }

}  // namespace probnet
