// Running a program on the CPU, and on CUDA where there is one.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "program.h"

namespace probnet {

/// A function of one tile: result, up to three operands, elements.
using TileFunction = void (*)(void* result, const void* a, const void* b, const void* c, int64_t count);

/// Fills a tile with a draw: elements [first, first + count) of the space.
using DrawFunction = void (*)(void* result, const Instruction& draw, const int64_t* seed, const int64_t* step, const int64_t* draws, int64_t first, int64_t count);

/// What an instruction set offers. One is made for each that the file tiles.inl is compiled for.
struct TileTable {
  const char* name;
  TileFunction (*function)(Code code, Type operand, Type result);
  DrawFunction (*draw)(Code code, Type type);
  /// The sum of a tile (f32 and f64 in double precision) or its maximum, added to a running value.
  double (*sum_f32)(const float* x, int64_t count, double before);
  double (*sum_f64)(const double* x, int64_t count, double before);
  /// Adds x to an array of running sums, element by element.
  void (*add_f32)(double* to, const float* x, int64_t count);
  void (*add_f64)(double* to, const double* x, int64_t count);
};

/// The best table for this processor.
const TileTable& tile_table();

/// A program with its registers assigned.
class CpuRegion {
 public:
  explicit CpuRegion(std::shared_ptr<const Program> program);
  ~CpuRegion();

  /// Runs once.
  /// @param inputs   dense elements of each input
  /// @param results  where each result goes
  /// @param parallel runs its third argument for each chunk in [0, first argument), possibly at once
  void run(const void* const* inputs, void* const* results, const std::function<void(int64_t, const std::function<void(int64_t)>&)>& parallel) const;

  const Program& program() const { return *program_; }

 private:
  struct Step;
  struct Worker;
  void run_chunk(Worker& worker, int64_t chunk, const void* const* inputs, void* const* results, std::vector<std::vector<double>>& partial) const;
  void load(const Instruction& load, const void* from, void* to, int64_t first, int64_t count) const;
  void fold(const Result& result, const void* tile, int64_t first, int64_t count, std::vector<double>& partial) const;
  void finish(const Result& result, void* to, const std::vector<const std::vector<double>*>& partials) const;

  std::shared_ptr<const Program> program_;
  std::vector<Step> steps_;       // what is done for each tile
  std::vector<Step> setup_;       // what is done once: values that are the same everywhere
  int registers_ = 0;
  int64_t tile_ = 0, chunk_ = 0, chunks_ = 0;
};

}  // namespace probnet
