// Running a program on the CPU, and on CUDA where there is one.
#pragma once

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
  /// @param parallel calls run_some for ranges that make up [0, chunks), possibly at once
  using Parallel = void (*)(int64_t chunks, const CpuRegion& region, struct CpuRun& run);
  void run(const void* const* inputs, void* const* results, Parallel parallel) const;
  void run_some(struct CpuRun& run, int64_t first, int64_t last) const;

  const Program& program() const { return *program_; }

 private:
  struct Step;
  struct Worker;
  void set_up(Worker& worker, const void* const* inputs) const;
  void run_chunk(Worker& worker, int64_t chunk, const CpuRun& run) const;
  void load(const Instruction& load, const void* from, void* to, int64_t first, int64_t count) const;
  void fold(const Result& result, const void* tile, int64_t first, int64_t count, double* partial) const;
  void finish(const Result& result, void* to, const double* partials) const;

  std::shared_ptr<const Program> program_;
  std::vector<Step> steps_;            // what is done for each tile
  std::vector<Step> setup_;            // what is done once: values that are the same everywhere
  std::vector<int64_t> partial_at_;    // where the running values of each fold start among those of a chunk
  int64_t partial_size_ = 0;           // running values of a chunk
  int registers_ = 0;
  int64_t tile_ = 0, chunk_ = 0, chunks_ = 0;
};

/// The arguments of a run, and the running values of all chunks.
struct CpuRun {
  const void* const* inputs;
  void* const* results;
  double* partials;
};

}  // namespace probnet
