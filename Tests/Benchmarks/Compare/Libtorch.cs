using ProbNet.Backends.Torch;

namespace ProbNet.Benchmarks;

/// <summary>Our backend on libtorch's CPU.</summary>
internal static class Libtorch
{
    /// <summary>Loads it for so many threads: the backend and libtorch's version, or no backend and why.</summary>
    public static (TorchBackend? Backend, string Words) Open(int threads)
    {
        switch (TorchLibrary.Open(TorchLibrary.Probe()))
        {
            case TorchOpening.Opened { Runtime: var runtime }:
                runtime.SetThreads(threads);
                return (new(runtime, TorchDevice.Cpu, new TorchOptions()), runtime.Info.Version);
            case TorchOpening.Failed(var fault):
                return (null, $"{fault.Message}; {fault.Remedy}");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
