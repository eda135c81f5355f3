/* The C interface between ProbNet and libtorch.
 *
 * Every function that can fail returns 0 on success and a PN_* code otherwise; pn_last_error then gives the message of the calling thread. No exception
 * leaves the library. A handle is made by one function and ended by its pn_*_free, which takes null as well. A step may be run by one thread at a time.
 */
#ifndef PROBNET_TORCH_H
#define PROBNET_TORCH_H

#include <stdint.h>

#if defined(_WIN32)
#define PN_API __declspec(dllexport)
#else
#define PN_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Raised by one with every change of this file that older callers cannot live with. */
#define PN_ABI_VERSION 1

enum { PN_OK = 0, PN_ERROR = 1, PN_ERROR_COMPILE = 2, PN_ERROR_MEMORY = 3, PN_ERROR_DEVICE = 4, PN_ERROR_ARGUMENT = 5 };
enum { PN_F32 = 0, PN_F64 = 1, PN_I64 = 2, PN_BOOL = 3 };
enum { PN_CPU = 0, PN_CUDA = 1 };

typedef struct pn_tensor pn_tensor;
typedef struct pn_script pn_script;
typedef struct pn_step pn_step;
typedef struct pn_module pn_module;

/* The library. */
PN_API int32_t pn_abi_version(void);
PN_API const char* pn_build_version(void);   /* the libtorch it was built against, e.g. "1.13.1" */
PN_API const char* pn_torch_version(void);   /* the libtorch it runs on */
PN_API const char* pn_last_error(void);      /* of this thread; empty where none */
PN_API int32_t pn_set_threads(int32_t threads);             /* of the CPU; 0 means all cores */
PN_API int32_t pn_cuda_devices(int32_t* count);             /* 0 where libtorch has no CUDA or there is no device */
PN_API int32_t pn_cuda_name(int32_t index, char* text, int32_t capacity);
PN_API int32_t pn_set_tf32(int32_t allowed);                /* products of f32 on CUDA in TF32 */
PN_API void pn_live(int64_t counts[4]);                     /* live handles: tensors, scripts, steps, modules */
PN_API int32_t pn_memory(int32_t device, int32_t index, int64_t bytes[3]); /* allocated, reserved, peak allocated; zeros for the CPU */
PN_API int32_t pn_synchronize(int32_t device, int32_t index);

/* Tensors: dense, row-major, zero at first. Bytes are those of all elements. */
PN_API int32_t pn_tensor_create(int32_t type, const int64_t* sizes, int32_t rank, int32_t device, int32_t index, pn_tensor** made);
PN_API int32_t pn_tensor_write(pn_tensor* tensor, const void* values, int64_t bytes);
PN_API int32_t pn_tensor_read(pn_tensor* tensor, void* values, int64_t bytes);
PN_API void pn_tensor_free(pn_tensor* tensor);

/* Scripts: TorchScript functions; `probnet.name(...)` calls the operators registered here. */
PN_API int32_t pn_script_compile(const char* text, pn_script** made);
PN_API void pn_script_free(pn_script* script);

/* Steps: a function of a script, (List[Tensor], List[Tensor]) -> List[Tensor], bound to its inputs and constants, which it keeps alive. */
PN_API int32_t pn_step_create(pn_script* script, const char* function, pn_tensor* const* inputs, int32_t input_count, pn_tensor* const* constants,
                              int32_t constant_count, pn_step** made);
PN_API int32_t pn_step_run(pn_step* step);
PN_API int32_t pn_step_output(pn_step* step, int32_t output, void* values, int64_t bytes); /* of the last run */
/* After it has run: records a run, without running, and has the next ones replay it. captured is 0 where there are no graphs or the step cannot be captured; pn_last_error then
 * gives the reason, and runs go on as before. */
PN_API int32_t pn_step_capture(pn_step* step, int32_t* captured);
PN_API void pn_step_free(pn_step* step);

/* Modules: what torch.jit.load reads. */
PN_API int32_t pn_module_create(const char* name, pn_module** made);
PN_API int32_t pn_module_buffer(pn_module* module, const char* name, pn_tensor* value);
PN_API int32_t pn_module_define(pn_module* module, const char* text);
PN_API int32_t pn_module_save(pn_module* module, const char* path);
PN_API void pn_module_free(pn_module* module);

/* The CUDA source of a region's program, for tests; length is that of the whole text, of which as much is written as there is room for, with a final 0. */
PN_API int32_t pn_region_cuda_source(const char* program, char* text, int64_t capacity, int64_t* length);

#ifdef __cplusplus
}
#endif
#endif
