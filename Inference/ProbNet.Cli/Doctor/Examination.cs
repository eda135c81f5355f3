using ProbNet.Backends.Cpu;
using ProbNet.Backends.Torch;
using ProbNet.Graph;

namespace ProbNet.Cli.Doctor;

/// <summary>What <c>probnet doctor</c> finds.</summary>
/// <param name="Machine">The computer.</param>
/// <param name="CpuFailure">Why the backend <c>cpu</c> does not compute, or null.</param>
/// <param name="Torch">How it stands with libtorch.</param>
/// <param name="Tools">What building the library for libtorch takes.</param>
/// <param name="NvidiaDriver">NVIDIA's driver, or null where there is none.</param>
internal sealed record Examination(Machine Machine, string? CpuFailure, TorchHealth Torch, EqArray<BuildTool> Tools, string? NvidiaDriver)
{
    /// <summary>Examines this computer.</summary>
    /// <param name="environment">The value of a variable, or null.</param>
    /// <param name="folder">The program's folder.</param>
    public static Examination Make(Func<string, string?> environment, string folder) =>
        new(Machine.This, Cpu(), TorchHealth.Examine(TorchLibrary.Probe(environment, folder)), BuildTools.Find(environment), SystemFile.Field("/proc/driver/nvidia/version", "NVRM version"));

    /// <summary>What is missing or wrong, each with what to do about it.</summary>
    public IEnumerable<(string What, Remedy Remedy)> Advice
    {
        get
        {
            if (CpuFailure is { } failure) yield return ($"the backend cpu does not compute: {failure}", new("report this; --backend reference computes, slowly", [], null));
            if (Torch.Fault is { } fault) yield return (fault.Message, fault.Remedy);
            if (Torch.Failure is { } torch) yield return ($"libtorch does not compute: {torch.Split('\n')[0]}", new("build the library anew with the libtorch that is there", [], null));
            foreach (var device in Torch.Devices.Where(d => d.Failure is not null)) yield return ($"cuda:{device.Index} does not compute: {device.Failure}", new("see what the driver says of it", ["nvidia-smi"], null));
            if (Torch.Works && Torch.Devices.IsEmpty && NvidiaDriver is not null)
                yield return ("there is NVIDIA's driver, but the libtorch in use sees no CUDA device", new("build the library with a libtorch for CUDA: README.md, 'On libtorch', says how", [], null));
        }
    }

    /// <summary>The default backend works, and so does the library if the user has said where it is.</summary>
    public int ExitCode => CpuFailure is not null ? Cli.ExitCode.Bug : Torch.Report.IsChosenByUser && !Torch.Works ? Cli.ExitCode.Usage : Cli.ExitCode.Ok;

    // A product whose result is known.
    private static string? Cpu()
    {
        try
        {
            var x = TensorMath.Input("x", DType.F32, [1, 2]);
            using var executable = new CpuBackend().Compile(Pipeline.Optimize(new TensorGraph([x], [("y", TensorMath.MatMul(x, TensorMath.Transpose(x, [1, 0])))])), new CompileOptions { Threads = 1 });
            executable.Write<float>(0, [3, 4]);
            executable.Run();
            Span<float> result = stackalloc float[1];
            executable.Read(0, result);
            return result[0] == 25 ? null : $"3² + 4² came to {result[0]}";
        }
        catch (Exception e) when (e is NotSupportedException or OutOfMemoryException or PlatformNotSupportedException)
        {
            return e.Message;
        }
    }
}
