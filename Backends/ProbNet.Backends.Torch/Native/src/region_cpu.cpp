// Interprets a program tile by tile: each instruction is one loop over a tile that stays in the first-level cache.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "region.h"

namespace probnet {

namespace tiles_base { const TileTable& table(); }
#if defined(PN_X86)
namespace tiles_avx2 { const TileTable& table(); }
namespace tiles_avx512 { const TileTable& table(); }
#endif

const TileTable& tile_table() {
#if defined(PN_X86)
  static const TileTable& best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                                     ? tiles_avx512::table()
                                 : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? tiles_avx2::table() : tiles_base::table();
  return best;
#else
  return tiles_base::table();
#endif
}

namespace {

// Registers are one element wide at most; all of them together should leave room in a first-level cache.
constexpr int64_t kWidth = 8, kCache = 24 * 1024, kLargestTile = 2048, kSmallestTile = 128;
// Elements that one thread works on at a time. Sums are formed chunk by chunk, so this, and no number of threads, decides their rounding.
constexpr int64_t kChunk = 1 << 15;
constexpr size_t kMostAxes = 16;
// Of one fold by columns, all chunks together.
constexpr int64_t kRunningBytes = 1 << 23;

bool is_identity(const Instruction& i) { return i.code == Code::Load && i.sizes.empty(); }

void spread(const void* from, void* to, size_t size, int64_t count) {
  char* out = static_cast<char*>(to);
  if (size == 4) { float value; std::memcpy(&value, from, 4); std::fill_n(reinterpret_cast<float*>(out), count, value); }
  else if (size == 8) { int64_t value; std::memcpy(&value, from, 8); std::fill_n(reinterpret_cast<int64_t*>(out), count, value); }
  else std::memset(out, *static_cast<const char*>(from), static_cast<size_t>(count));
}

template <typename T>
void gather(const T* from, T* to, int64_t stride, int64_t count) {
  if (stride == 1) std::memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
  else if (stride == 0) std::fill_n(to, count, *from);
  else for (int64_t i = 0; i < count; i++) to[i] = from[i * stride];
}

void gather(const char* from, void* to, size_t size, int64_t stride, int64_t count) {
  if (size == 4) gather(reinterpret_cast<const float*>(from), static_cast<float*>(to), stride, count);
  else if (size == 8) gather(reinterpret_cast<const int64_t*>(from), static_cast<int64_t*>(to), stride, count);
  else gather(from, static_cast<char*>(to), stride, count);
}

template <typename T>
T larger(T a, T b) { return a != a ? a : b != b ? b : a < b ? b : a; }

}  // namespace

/// An instruction with its registers. A register below 0 is element `first` of input -1 - register, read in place.
struct CpuRegion::Step {
  const Instruction* instruction;
  TileFunction function = nullptr;
  DrawFunction draw = nullptr;
  int to = 0;
  int from[3] = {0, 0, 0};
  size_t size[3] = {0, 0, 0};
};

struct CpuRegion::Worker {
  std::vector<char> memory;
  int64_t tile = 0;
  char* reg(int r) { return memory.data() + static_cast<int64_t>(r) * tile * kWidth; }
};

CpuRegion::~CpuRegion() = default;

CpuRegion::CpuRegion(std::shared_ptr<const Program> program) : program_(std::move(program)) {
  const auto& code = program_->code;
  const TileTable& table = tile_table();
  std::vector<int> last(code.size(), -1), place(code.size(), 0);
  for (size_t i = 0; i < code.size(); i++)
    if (!code[i].is_draw())
      for (const int operand : code[i].operands)
        if (operand >= 0) last[operand] = static_cast<int>(i);
  for (const Result& r : program_->results) last[r.value] = static_cast<int>(code.size());

  // Values that are the same everywhere keep a register for themselves.
  std::vector<int> free;
  for (size_t i = 0; i < code.size(); i++) {
    if (!code[i].is_scalar()) continue;
    place[i] = registers_++;
    Step step{&code[i]};
    step.to = place[i];
    setup_.push_back(step);
  }
  for (size_t i = 0; i < code.size(); i++) {
    const Instruction& instruction = code[i];
    Step step{&instruction};
    if (!instruction.is_scalar() && is_identity(instruction)) place[i] = -1 - instruction.input;
    if (instruction.sizes.size() > kMostAxes) throw std::invalid_argument("region: loads step along at most 16 axes");
    if (instruction.code != Code::Load && instruction.code != Code::Literal) {
      if (instruction.is_draw()) {
        step.draw = table.draw(instruction.code, instruction.type);
      } else {
        step.function = table.function(instruction.code, instruction.operand_type, instruction.type);
        if (step.function == nullptr)
          throw std::invalid_argument("region: function " + std::to_string(static_cast<int>(instruction.code)) + " takes no " + type_name(instruction.operand_type));
        for (int k = 0; k < 3; k++) {
          if (instruction.operands[k] < 0) continue;
          step.from[k] = place[instruction.operands[k]];
          step.size[k] = type_size(code[instruction.operands[k]].type);
        }
      }
    }
    const bool computes = !instruction.is_scalar() && !is_identity(instruction);
    // Results must not overwrite operands of the same instruction, whose loops assume as much.
    if (computes) {
      if (free.empty()) { place[i] = registers_++; } else { place[i] = free.back(); free.pop_back(); }
      step.to = place[i];
      steps_.push_back(step);
    }
    if (!instruction.is_draw())
      for (int k = 0; k < 3; k++) {
        const int operand = instruction.operands[k];
        if (operand < 0 || last[operand] != static_cast<int>(i) || code[operand].is_scalar() || is_identity(code[operand])) continue;
        if (std::find(free.begin(), free.end(), place[operand]) == free.end()) free.push_back(place[operand]);
      }
    if (computes && last[i] < 0) free.push_back(place[i]);
  }
  for (const Result& r : program_->results) {
    Step step{nullptr};
    step.from[0] = place[r.value];
    step.size[0] = type_size(code[r.value].type);
    steps_.push_back(step);
  }
  const int64_t room = kCache / kWidth / std::max(1, registers_);
  tile_ = kSmallestTile;
  while (tile_ * 2 <= room && tile_ < kLargestTile) tile_ *= 2;
  chunk_ = kChunk;
  // Running values of columns are a chunk's own: where they are many, there are few chunks.
  for (const Result& r : program_->results)
    if (r.fold == Fold::Columns) {
      const int64_t most = std::max<int64_t>(1, kRunningBytes / 8 / r.columns);
      chunk_ = std::max(chunk_, (program_->space + most - 1) / most);
    }
  // Rows are folded whole by one chunk.
  for (const Result& r : program_->results)
    if (r.fold == Fold::Rows && chunk_ % r.columns != 0) chunk_ = std::max<int64_t>(1, chunk_ / r.columns) * r.columns;
  for (const Result& r : program_->results)
    if (r.fold == Fold::Rows && chunk_ % r.columns != 0) chunk_ = std::max<int64_t>(1, program_->space);
  chunks_ = program_->space == 0 ? 0 : (program_->space + chunk_ - 1) / chunk_;
  chunk_ = std::min(chunk_, std::max<int64_t>(1, program_->space));
  for (const Result& r : program_->results) {
    partial_at_.push_back(partial_size_);
    partial_size_ += r.fold == Fold::None ? 0 : r.fold == Fold::All ? 1 : r.fold == Fold::Columns ? r.columns : std::max<int64_t>(1, chunk_ / r.columns);
  }
}

void CpuRegion::load(const Instruction& load, const void* from, void* to, int64_t first, int64_t count) const {
  const size_t size = type_size(load.type);
  const char* start = static_cast<const char*>(from) + load.offset * static_cast<int64_t>(size);
  const int rank = static_cast<int>(load.sizes.size());
  // Where the first element is.
  int64_t index[kMostAxes];
  int64_t left = first, place = 0;
  for (int axis = rank - 1; axis >= 0; axis--) {
    index[axis] = left % load.sizes[axis];
    left /= load.sizes[axis];
    place += index[axis] * load.strides[axis];
  }
  char* out = static_cast<char*>(to);
  const int inner = rank - 1;
  while (count > 0) {
    const int64_t run = std::min(count, load.sizes[inner] - index[inner]);
    gather(start + place * static_cast<int64_t>(size), out, size, load.strides[inner], run);
    out += run * static_cast<int64_t>(size);
    count -= run;
    place -= index[inner] * load.strides[inner];
    index[inner] = 0;
    for (int axis = inner - 1; axis >= 0; axis--) {
      place += load.strides[axis];
      if (++index[axis] < load.sizes[axis]) break;
      place -= load.sizes[axis] * load.strides[axis];
      index[axis] = 0;
    }
  }
}

namespace {

/// Adds to, or takes the maximum with, the running values of a fold. They are doubles for floating-point sums, and otherwise hold the bits of the type itself.
template <typename T>
void fold_plain(const Result& r, const T* x, int64_t first, int64_t count, int64_t base, T* to) {
  for (int64_t i = 0; i < count; i++) {
    const int64_t at = first + i;
    T& place = to[r.fold == Fold::All ? 0 : r.fold == Fold::Rows ? at / r.columns - base : at % r.columns];
    place = r.is_max ? larger(place, x[i]) : static_cast<T>(place + x[i]);
  }
}

template <typename T, typename Sum, typename Add>
void fold_sum(const Result& r, const T* x, int64_t first, int64_t count, int64_t base, double* to, Sum sum, Add add) {
  if (r.fold == Fold::All) {
    to[0] = sum(x, count, to[0]);
    return;
  }
  while (count > 0) {
    const int64_t column = first % r.columns, run = std::min(count, r.columns - column);
    if (r.fold == Fold::Columns) add(to + column, x, run);
    else { double& row = to[first / r.columns - base]; row = sum(x, run, row); }
    x += run;
    first += run;
    count -= run;
  }
}

}  // namespace

void CpuRegion::fold(const Result& r, const void* tile, int64_t first, int64_t count, double* partial) const {
  const Type type = program_->code[r.value].type;
  const TileTable& table = tile_table();
  const int64_t base = r.fold == Fold::Rows ? first / chunk_ * chunk_ / r.columns : 0;
  switch (type) {
    case Type::F32:
      if (r.is_max) fold_plain(r, static_cast<const float*>(tile), first, count, base, reinterpret_cast<float*>(partial));
      else fold_sum(r, static_cast<const float*>(tile), first, count, base, partial, table.sum_f32, table.add_f32);
      break;
    case Type::F64:
      if (r.is_max) fold_plain(r, static_cast<const double*>(tile), first, count, base, partial);
      else fold_sum(r, static_cast<const double*>(tile), first, count, base, partial, table.sum_f64, table.add_f64);
      break;
    default: fold_plain(r, static_cast<const int64_t*>(tile), first, count, base, reinterpret_cast<int64_t*>(partial)); break;
  }
}

namespace {

/// Sets running values to the neutral element.
template <typename T>
void start(const Result& r, double* partial, int64_t count, T lowest) {
  std::fill_n(reinterpret_cast<T*>(partial), count, r.is_max ? lowest : T(0));
}

/// Joins the running values of chunks, which lie `stride` doubles apart.
template <typename T>
void combine(const Result& r, T* to, const double* partials, int64_t chunks, int64_t stride, int64_t count, T lowest) {
  std::fill_n(to, count, r.is_max ? lowest : T(0));
  for (int64_t c = 0; c < chunks; c++) {
    const T* from = reinterpret_cast<const T*>(partials + c * stride);
    for (int64_t i = 0; i < count; i++) to[i] = r.is_max ? larger(to[i], from[i]) : static_cast<T>(to[i] + from[i]);
  }
}

void round_sums(float* to, const double* partials, int64_t chunks, int64_t stride, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    double total = 0;
    for (int64_t c = 0; c < chunks; c++) total += partials[c * stride + i];
    to[i] = static_cast<float>(total);
  }
}

constexpr float kLowest32 = -std::numeric_limits<float>::infinity();
constexpr double kLowest64 = -std::numeric_limits<double>::infinity();
constexpr int64_t kLowestInteger = std::numeric_limits<int64_t>::min();

}  // namespace

void CpuRegion::finish(const Result& r, void* to, const double* partials) const {
  const int64_t count = r.fold == Fold::All ? 1 : r.fold == Fold::Columns ? r.columns : program_->space / r.columns;
  const Type type = program_->code[static_cast<size_t>(r.value)].type;
  const auto join = [&](int64_t at, const double* from, int64_t chunks, int64_t some) {
    if (type == Type::F32 && r.is_max) combine(r, static_cast<float*>(to) + at, from, chunks, partial_size_, some, kLowest32);
    else if (type == Type::F32) round_sums(static_cast<float*>(to) + at, from, chunks, partial_size_, some);
    else if (type == Type::F64) combine(r, static_cast<double*>(to) + at, from, chunks, partial_size_, some, kLowest64);
    else combine(r, static_cast<int64_t*>(to) + at, from, chunks, partial_size_, some, kLowestInteger);
  };
  if (r.fold != Fold::Rows) {
    join(0, partials, chunks_, count);
    return;
  }
  // Chunks hold different rows.
  const int64_t each = chunk_ / r.columns;
  for (int64_t c = 0; c < chunks_; c++) join(c * each, partials + c * partial_size_, 1, std::min(each, count - c * each));
}

void CpuRegion::set_up(Worker& worker, const void* const* inputs) const {
  worker.tile = std::min(tile_, std::max<int64_t>(1, program_->space));
  const size_t bytes = static_cast<size_t>(std::max(1, registers_) * worker.tile * kWidth);
  if (worker.memory.size() < bytes) worker.memory.resize(bytes);
  for (const Step& step : setup_) {
    const Instruction& i = *step.instruction;
    const size_t size = type_size(i.type);
    char* to = worker.reg(step.to);
    if (i.code == Code::Load) {
      spread(static_cast<const char*>(inputs[i.input]) + i.offset * static_cast<int64_t>(size), to, size, worker.tile);
    } else if (i.type == Type::F32) {
      const float value = static_cast<float>(i.real);
      spread(&value, to, size, worker.tile);
    } else if (i.type == Type::F64) {
      spread(&i.real, to, size, worker.tile);
    } else if (i.type == Type::I64) {
      spread(&i.integer, to, size, worker.tile);
    } else {
      const bool value = i.integer != 0;
      spread(&value, to, size, worker.tile);
    }
  }
}

void CpuRegion::run_chunk(Worker& worker, int64_t chunk, const CpuRun& run) const {
  const int64_t begin = chunk * chunk_, end = std::min(program_->space, begin + chunk_);
  const auto& kept_results = program_->results;
  const void* const* inputs = run.inputs;
  double* partial = run.partials + chunk * partial_size_;
  for (size_t k = 0; k < kept_results.size(); k++) {
    const Result& r = kept_results[k];
    if (r.fold == Fold::None) continue;
    const int64_t count = (k + 1 < partial_at_.size() ? partial_at_[k + 1] : partial_size_) - partial_at_[k];
    const Type type = program_->code[static_cast<size_t>(r.value)].type;
    if (type == Type::F32 && r.is_max) start(r, partial + partial_at_[k], count, kLowest32);
    else if (type == Type::F32 || type == Type::F64) start(r, partial + partial_at_[k], count, kLowest64);
    else start(r, partial + partial_at_[k], count, kLowestInteger);
  }
  const size_t computing = steps_.size() - kept_results.size();
  for (int64_t first = begin; first < end; first += worker.tile) {
    const int64_t count = std::min(worker.tile, end - first);
    const auto address = [&](const Step& step, int k) -> const void* {
      const int r = step.from[k];
      return r >= 0 ? worker.reg(r) : static_cast<const char*>(inputs[-1 - r]) + first * static_cast<int64_t>(step.size[k]);
    };
    for (size_t s = 0; s < computing; s++) {
      const Step& step = steps_[s];
      void* to = worker.reg(step.to);
      if (step.function) step.function(to, address(step, 0), address(step, 1), address(step, 2), count);
      else if (step.draw) {
        const int* counters = step.instruction->operands;
        step.draw(to, *step.instruction, static_cast<const int64_t*>(inputs[counters[0]]), static_cast<const int64_t*>(inputs[counters[1]]),
                  static_cast<const int64_t*>(inputs[counters[2]]), first, count);
      } else {
        load(*step.instruction, inputs[step.instruction->input], to, first, count);
      }
    }
    // Folds first: what is read in place may be what is written.
    for (const bool folds : {true, false})
      for (size_t k = 0; k < kept_results.size(); k++) {
        const Result& r = kept_results[k];
        if ((r.fold != Fold::None) != folds) continue;
        const Step& step = steps_[computing + k];
        const void* tile = address(step, 0);
        if (folds) fold(r, tile, first, count, partial + partial_at_[k]);
        else std::memmove(static_cast<char*>(run.results[k]) + first * static_cast<int64_t>(step.size[0]), tile, static_cast<size_t>(count) * step.size[0]);
      }
  }
}

void CpuRegion::run_some(CpuRun& run, int64_t first, int64_t last) const {
  thread_local Worker worker;
  set_up(worker, run.inputs);
  for (int64_t chunk = first; chunk < last; chunk++) run_chunk(worker, chunk, run);
}

void CpuRegion::run(const void* const* inputs, void* const* results, Parallel parallel) const {
  thread_local std::vector<double> partials;
  partials.resize(static_cast<size_t>(std::max<int64_t>(1, chunks_) * partial_size_));
  CpuRun run{inputs, results, partials.data()};
  if (chunks_ == 1) run_some(run, 0, 1);
  else if (chunks_ > 1) parallel(chunks_, *this, run);
  for (size_t k = 0; k < program_->results.size(); k++)
    if (program_->results[k].fold != Fold::None) finish(program_->results[k], results[k], run.partials + partial_at_[k]);
}

}  // namespace probnet
