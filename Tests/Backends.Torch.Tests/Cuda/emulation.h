// Runs generated CUDA kernels on the processor: a grid's blocks one after another, and the threads of a block as fibres that take turns at each barrier.
#pragma once

#include <cmath>
#include <cstdlib>
#include <csetjmp>
#include <functional>
#include <ucontext.h>
#include <vector>

#define PN_EMULATE 1
#define __shared__ static

struct pn_index { unsigned x, y; };
static pn_index threadIdx, blockIdx, gridDim;

static bool pn_backwards = false;   // the order in which threads take their turns
static int pn_faults = 0;           // barriers that some threads of a block did not reach

struct pn_fibre {
  ucontext_t start;
  jmp_buf place;
  std::vector<char> stack = std::vector<char>(64 * 1024);
  bool is_started = false, is_done = false;
};

static std::vector<pn_fibre> pn_fibres(256);
static jmp_buf pn_scheduler;
static unsigned pn_running;
static const std::function<void()>* pn_body;

// Back to the scheduler, until this fibre is resumed. Jumps within a stack that stays: no signal masks to save, as whole contexts would.
static void pn_rest() {
  if (_setjmp(pn_fibres[pn_running].place) == 0) _longjmp(pn_scheduler, 1);
}

// A fibre serves one thread of each block.
static void pn_thread() {
  for (;;) {
    (*pn_body)();
    pn_fibres[pn_running].is_done = true;
    pn_rest();
  }
}

static void __syncthreads() { pn_rest(); }

__attribute__((noinline)) static void pn_resume() {
  if (_setjmp(pn_scheduler) != 0) return;
  pn_fibre& fibre = pn_fibres[pn_running];
  if (fibre.is_started) _longjmp(fibre.place, 1);
  fibre.is_started = true;
  getcontext(&fibre.start);
  fibre.start.uc_stack.ss_sp = fibre.stack.data();
  fibre.start.uc_stack.ss_size = fibre.stack.size();
  fibre.start.uc_link = nullptr;
  makecontext(&fibre.start, pn_thread, 0);
  setcontext(&fibre.start);
}

static void pn_block(unsigned threads) {
  for (unsigned t = 0; t < threads; t++) pn_fibres[t].is_done = false;
  for (unsigned done = 0; done < threads;) {
    const unsigned before = done;
    for (unsigned turn = 0; turn < threads; turn++) {
      pn_running = pn_backwards ? threads - 1 - turn : turn;
      if (pn_fibres[pn_running].is_done) continue;
      threadIdx = {pn_running, 0};
      pn_resume();
      if (pn_fibres[pn_running].is_done) done++;
    }
    if (done != before && done != threads) {
      // Those that wait for the others do so for good: they are begun anew.
      pn_faults++;
      for (pn_fibre& fibre : pn_fibres) fibre.is_started = false;
      return;
    }
  }
}

static void pn_launch(long long blocks_x, long long blocks_y, int threads, const std::function<void()>& body) {
  pn_body = &body;
  gridDim = {static_cast<unsigned>(blocks_x), static_cast<unsigned>(blocks_y)};
  for (unsigned y = 0; y < gridDim.y; y++)
    for (unsigned x = 0; x < gridDim.x; x++) {
      blockIdx = {x, y};
      pn_block(static_cast<unsigned>(threads));
    }
}
