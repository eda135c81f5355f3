using ProbNet.Backends.Torch;

namespace ProbNet.Gpu;

/// <summary>What is tested.</summary>
/// <param name="Runtime">libtorch.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="IsQuick">Whether to keep to sizes that a processor does in seconds.</param>
internal sealed record Setting(ShimRuntime Runtime, TorchDevice Device, bool IsQuick)
{
    /// <summary>The backend on the device.</summary>
    public TorchBackend Backend(TorchCompute compute = TorchCompute.F32, bool captures = true) => new(Runtime, Device, new TorchOptions(compute, captures));

    /// <summary>Waits until the device has done all it was given.</summary>
    public void Wait() => Runtime.Synchronize(Device);
}
