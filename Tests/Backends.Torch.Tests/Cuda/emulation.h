// Runs generated CUDA kernels on the processor: a grid's blocks one after another, and the threads of a block as fibres that take turns at each barrier.
#pragma once

#include <cmath>
#include <cstdlib>
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
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(64 * 1024);
  bool is_done = false;
};

static std::vector<pn_fibre> pn_fibres(256);
static ucontext_t pn_scheduler;
static unsigned pn_running;
static const std::function<void()>* pn_body;

static void pn_thread() {
  (*pn_body)();
  pn_fibres[pn_running].is_done = true;
  swapcontext(&pn_fibres[pn_running].context, &pn_scheduler);
}

static void __syncthreads() { swapcontext(&pn_fibres[pn_running].context, &pn_scheduler); }

static void pn_block(unsigned threads) {
  for (unsigned t = 0; t < threads; t++) {
    pn_fibre& fibre = pn_fibres[t];
    fibre.is_done = false;
    getcontext(&fibre.context);
    fibre.context.uc_stack.ss_sp = fibre.stack.data();
    fibre.context.uc_stack.ss_size = fibre.stack.size();
    fibre.context.uc_link = nullptr;
    makecontext(&fibre.context, pn_thread, 0);
  }
  for (unsigned done = 0; done < threads;) {
    unsigned before = done;
    for (unsigned turn = 0; turn < threads; turn++) {
      pn_running = pn_backwards ? threads - 1 - turn : turn;
      if (pn_fibres[pn_running].is_done) continue;
      threadIdx = {pn_running, 0};
      swapcontext(&pn_scheduler, &pn_fibres[pn_running].context);
      if (pn_fibres[pn_running].is_done) done++;
    }
    if (done != before && done != threads) {
      pn_faults++;
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
