#include "program.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

namespace probnet {

namespace {

const std::unordered_map<std::string, Code>& codes() {
  static const std::unordered_map<std::string, Code> all = {
      {"load", Code::Load}, {"literal", Code::Literal}, {"uniform", Code::Uniform}, {"normal", Code::Normal}, {"randomSign", Code::Sign_},
      {"neg", Code::Neg}, {"abs", Code::Abs}, {"sign", Code::Sign}, {"floor", Code::Floor}, {"exp", Code::Exp}, {"expm1", Code::Expm1}, {"log", Code::Log},
      {"log1p", Code::Log1p}, {"sqrt", Code::Sqrt}, {"tanh", Code::Tanh}, {"sigmoid", Code::Sigmoid}, {"softplus", Code::Softplus}, {"sin", Code::Sin},
      {"cos", Code::Cos}, {"atan", Code::Atan}, {"erf", Code::Erf}, {"isFinite", Code::IsFinite}, {"not", Code::Not}, {"convert", Code::Convert},
      {"add", Code::Add}, {"sub", Code::Sub}, {"mul", Code::Mul}, {"div", Code::Div}, {"pow", Code::Pow}, {"max", Code::Max}, {"min", Code::Min},
      {"equal", Code::Equal}, {"less", Code::Less}, {"lessEqual", Code::LessEqual}, {"and", Code::And}, {"or", Code::Or}, {"select", Code::Select}};
  return all;
}

/// Reads one statement, word by word.
class Reader {
 public:
  Reader(const std::string& statement) : statement_(statement), words_(statement) {}

  [[noreturn]] void refuse(const std::string& why) const { throw std::invalid_argument("region: " + why + " in '" + statement_ + "'"); }

  bool has_more() {
    words_ >> std::ws;
    return words_.good() && words_.peek() != std::char_traits<char>::eof();
  }

  std::string word() {
    std::string text;
    if (!(words_ >> text)) refuse("a word is missing");
    return text;
  }

  void expect(const char* text) {
    if (word() != text) refuse(std::string("'") + text + "' is missing");
  }

  int64_t integer() {
    const std::string text = word();
    try {
      size_t used = 0;
      const int64_t value = std::stoll(text, &used);
      if (used == text.size()) return value;
    } catch (const std::exception&) {
    }
    refuse("'" + text + "' is no integer");
  }

  double real() {
    const std::string text = word();
    try {
      size_t used = 0;
      const double value = std::stod(text, &used);
      if (used == text.size()) return value;
    } catch (const std::exception&) {
    }
    refuse("'" + text + "' is no number");
  }

  int value(size_t known) {
    const std::string text = word();
    if (text.size() < 2 || text[0] != 'v') refuse("'" + text + "' is no value");
    const int index = std::stoi(text.substr(1));
    if (index < 0 || static_cast<size_t>(index) >= known) refuse("'" + text + "' is not known yet");
    return index;
  }

  bool next_is(const char* text) {
    const auto place = words_.tellg();
    std::string found;
    if (words_ >> found && found == text) return true;
    words_.clear();
    words_.seekg(place);
    return false;
  }

 private:
  std::string statement_;
  std::istringstream words_;
};

Type type_of(const std::string& word, const Reader& reader) {
  if (word == "f32") return Type::F32;
  if (word == "f64") return Type::F64;
  if (word == "i64") return Type::I64;
  if (word == "bool") return Type::Bool;
  reader.refuse("'" + word + "' is no type");
}

int arity(Code code) {
  if (code == Code::Select) return 3;
  return code >= Code::Add && code <= Code::Or ? 2 : 1;
}

void read_load(Reader& r, Instruction& made, int64_t space) {
  made.input = static_cast<int>(r.integer());
  if (made.input < 0) r.refuse("there is no such input");
  if (!r.has_more()) return;
  made.offset = r.integer();
  r.expect(":");
  while (!r.next_is(":")) made.sizes.push_back(r.integer());
  while (r.has_more()) made.strides.push_back(r.integer());
  if (made.sizes.size() != made.strides.size()) r.refuse("sizes and strides differ in number");
  int64_t size = 1;
  for (const int64_t s : made.sizes) size *= s;
  if (size != space && !made.is_scalar()) r.refuse("the sizes do not make up the space");
  // One element for the whole space.
  if (made.sizes.empty()) {
    made.sizes.push_back(1);
    made.strides.push_back(0);
  }
}

Instruction read_value(Reader& r, Type type, const Program& program) {
  if (r.word() != "v" + std::to_string(program.code.size())) r.refuse("values are named in order");
  r.expect("=");
  const std::string name = r.word();
  const auto code = codes().find(name);
  if (code == codes().end()) r.refuse("'" + name + "' is no function");
  Instruction made{code->second, type, type};
  if (made.code == Code::Load) {
    read_load(r, made, program.space);
  } else if (made.code == Code::Literal) {
    if (type == Type::F32 || type == Type::F64) made.real = r.real();
    else made.integer = r.integer();
  } else if (made.is_draw()) {
    for (int& operand : made.operands) operand = static_cast<int>(r.integer());
    made.stream = static_cast<uint32_t>(r.integer());
    made.event = r.integer();
    if (made.event < 1 && program.space > 0) r.refuse("a draw has at least one element");
  } else {
    for (int i = 0; i < arity(made.code); i++) made.operands[i] = r.value(program.code.size());
    const int typed = made.code == Code::Select ? 1 : 0;
    made.operand_type = program.code[made.operands[typed]].type;
  }
  return made;
}

void read_result(Reader& r, bool is_new, Program& program) {
  Result made{};
  if (is_new) {
    while (!r.next_is("=")) made.shape.push_back(r.integer());
  } else {
    made.updated = static_cast<int>(r.integer());
    r.expect("=");
  }
  const bool sum = r.next_is("sum"), max = !sum && r.next_is("max");
  made.value = r.value(program.code.size());
  if (sum || max) {
    made.is_max = max;
    made.fold = Fold::All;
    if (r.has_more()) {
      const std::string form = r.word();
      made.fold = form == "rows" ? Fold::Rows : form == "columns" ? Fold::Columns : Fold::None;
      if (made.fold == Fold::None) r.refuse("'" + form + "' is neither rows nor columns");
      made.columns = r.integer();
      if (made.columns < 1 || program.space % made.columns != 0) r.refuse("the space is no rows of that length");
    }
    if (!is_new) r.refuse("a fold makes a new tensor");
  }
  program.results.push_back(made);
}

}  // namespace

const char* type_name(Type type) {
  switch (type) {
    case Type::F32: return "f32";
    case Type::F64: return "f64";
    case Type::I64: return "i64";
    default: return "bool";
  }
}

size_t type_size(Type type) { return type == Type::F32 ? 4 : type == Type::Bool ? 1 : 8; }

std::shared_ptr<const Program> parse_program(const std::string& text) {
  auto program = std::make_shared<Program>();
  program->text = text;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(';', at), text.size());
    const std::string statement = text.substr(at, end - at);
    at = end + 1;
    Reader r(statement);
    if (!r.has_more()) continue;
    const std::string first = r.word();
    if (first == "space") program->space = r.integer();
    else if (first == "out" || first == "set") read_result(r, first == "out", *program);
    else program->code.push_back(read_value(r, type_of(first, r), *program));
    if (r.has_more()) r.refuse("words are left over");
  }
  for (const Instruction& i : program->code) {
    program->inputs = std::max(program->inputs, i.input + 1);
    if (i.is_draw())
      for (const int operand : i.operands) program->inputs = std::max(program->inputs, operand + 1);
  }
  for (const Result& r : program->results) program->updated = std::max(program->updated, r.updated + 1);
  return program;
}

}  // namespace probnet
