using System.Diagnostics;
using ProbNet.Backends.Torch;
using ProbNet.Graph;

namespace ProbNet.Cli.Doctor;

/// <summary>How it stands with libtorch.</summary>
/// <param name="Report">The places looked at.</param>
/// <param name="Fault">Why it cannot be used, or null.</param>
/// <param name="Versions">What was loaded, or null.</param>
/// <param name="Devices">The CUDA devices.</param>
internal sealed record TorchHealth(LibraryReport Report, LibraryFault? Fault, TorchVersions? Versions, EqArray<CudaDevice> Devices)
{
    /// <summary>Why it does not compute, though it loads, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether it computes.</summary>
    public bool Works => Fault is null && Failure is null;

    /// <summary>What was found at a place, in words.</summary>
    public string At(LibraryPlace place) => place != Report.Chosen ? place.Found
        : Versions is not null ? "the library, used"
        : place.State == PlaceState.Loader && Fault is { Kind: LibraryFaultKind.NotFound } ? "not known"
        : place.State == PlaceState.Shim ? "the library, not usable"
        : place.Found;

    /// <summary>Loads it and computes something.</summary>
    public static TorchHealth Examine(LibraryReport report)
    {
        switch (TorchLibrary.Open(report))
        {
            case TorchOpening.Opened(var runtime, var place):
                var versions = new TorchVersions(place.Path, "", runtime.BuildVersion);
                try
                {
                    var info = runtime.Info;
                    Compute(runtime, TorchDevice.Cpu);
                    var devices = info.Devices.Select((name, i) => new CudaDevice(i, name, Attempt(runtime, new(i)))).ToEqArray();
                    return new(report, null, versions with { Torch = info.Version }, devices);
                }
                catch (TorchException e)
                {
                    return new(report, null, versions, []) { Failure = e.Message };
                }
            case TorchOpening.Failed(var fault):
                return new(report, fault, null, []);
            default:
                throw new UnreachableException();
        }
    }

    private static string? Attempt(ShimRuntime runtime, TorchDevice device)
    {
        try
        {
            Compute(runtime, device);
            return null;
        }
        catch (TorchException e)
        {
            return e.Message.Split('\n')[0];
        }
    }

    // Doubles a number: compiles, runs and reads.
    private static void Compute(ShimRuntime runtime, TorchDevice device)
    {
        using var script = runtime.Compile("def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n    return [torch.mul(inputs[0], constants[0])]\n");
        using var input = runtime.Create(device, DType.F32, [1]);
        using var two = runtime.Create(device, DType.F32, [1]);
        input.Write<float>([21]);
        two.Write<float>([2]);
        using var step = runtime.Bind(script, "step", [input], [two]);
        step.Run();
        Span<float> result = stackalloc float[1];
        step.Read(0, result);
        if (result[0] != 42) throw new TorchException(TorchFault.Operator, $"21 times 2 came to {result[0]}");
    }
}

/// <summary>What of libtorch was loaded.</summary>
/// <param name="Path">The shim.</param>
/// <param name="Torch">The version of libtorch.</param>
/// <param name="Built">The version of libtorch that the shim was built with.</param>
internal sealed record TorchVersions(string Path, string Torch, string Built);

/// <summary>A CUDA device.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Name">Its name, memory and compute capability.</param>
/// <param name="Failure">Why it does not compute, or null.</param>
internal sealed record CudaDevice(int Index, string Name, string? Failure);
