using ProbNet.Backends.Cpu;
using ProbNet.Backends.Torch;
using ProbNet.Cli.Doctor;
using ProbNet.Cli.Output;
using ProbNet.Graph;

namespace ProbNet.Cli;

/// <summary>A backend that was chosen.</summary>
/// <param name="Word">What run folders keep of it, from which it is chosen again.</param>
/// <param name="Backend">The backend.</param>
/// <param name="Compute">What products are computed in, where that was asked for; null otherwise.</param>
internal sealed record ChosenBackend(string Word, IBackend Backend, string? Compute);

/// <summary>Makes the backends that words mean. libtorch is loaded only for those that need it.</summary>
internal static class Backends
{
    private const string Doctor = "probnet doctor says more";

    /// <summary>The default.</summary>
    public static IBackend Default => new CpuBackend();

    /// <summary>The backend that was asked for.</summary>
    /// <exception cref="CommandFailure">It needs libtorch or a device, and that cannot be had.</exception>
    public static ChosenBackend Open(Terminal terminal, BackendWords asked)
    {
        var word = asked.Backend ?? BackendWord.Default;
        if (asked.Compute is not null && word.Kind is BackendKind.Cpu or BackendKind.Reference)
            throw CommandFailure.Usage($"{BackendOptions.ComputeName} is for {BackendOptions.Name} torch; '{word.Text}' computes as --precision says", $"leave out {BackendOptions.ComputeName}");
        return word.Kind switch
        {
            BackendKind.Cpu => new(word.Text, Default, null),
            BackendKind.Reference => new(word.Text, new ReferenceBackend(), null),
            BackendKind.Torch => Torch(terminal, word, asked.Compute),
#if TORCHSHARP
            BackendKind.TorchSharp => TorchSharp(terminal, word, asked.Compute),
#endif
            BackendKind.Auto => Suited(terminal, asked.Compute),
        };
    }

    /// <summary>The backend for what a run folder holds: the one asked for, else the one it was fitted on, else, where that cannot be had, the default.</summary>
    /// <param name="terminal">Told where the default takes another's place.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="word">The backend it was fitted on.</param>
    /// <param name="compute">What that computed products in, or null.</param>
    /// <exception cref="CommandFailure">What was asked for cannot be had.</exception>
    public static ChosenBackend ForRun(Terminal terminal, BackendWords asked, string word, string? compute)
    {
        if (asked.Backend is not null || BackendWord.Parse(word) is not { } fitted) return Open(terminal, asked);
        try
        {
            return Open(terminal, new(fitted, asked.Compute ?? BackendOptions.ComputeOf(compute)));
        }
        catch (CommandFailure failure) when (fitted.Kind is not (BackendKind.Cpu or BackendKind.Reference) && asked.Compute is null)
        {
            terminal.Err.WriteLine($"note: the run was fitted on {word}, which is not to be had: {failure.Message.Split('\n')[0]}; {BackendWord.Default.Text} takes its place ({Doctor})");
            return Open(terminal, new(null, null));
        }
    }

    private static ChosenBackend Torch(Terminal terminal, BackendWord word, TorchCompute? compute)
    {
        var runtime = TorchLibrary.Open(TorchLibrary.Probe()) switch
        {
            TorchOpening.Opened opened => opened.Runtime,
            TorchOpening.Failed(var fault) => throw Failure(word, fault),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return On(terminal, runtime, word, compute);
    }

#if TORCHSHARP
    private static ChosenBackend TorchSharp(Terminal terminal, BackendWord word, TorchCompute? compute)
    {
        if (compute == TorchCompute.BF16) throw CommandFailure.Usage($"{BackendOptions.ComputeName} bf16 is for {BackendOptions.Name} torch; '{word.Text}' computes in f32 or tf32", $"leave out {BackendOptions.ComputeName}");
        try
        {
            return On(terminal, ProbNet.Backends.TorchSharp.TorchSharpRuntime.Load(), word, compute);
        }
        catch (DllNotFoundException e)
        {
            throw CommandFailure.Usage($"{BackendOptions.Name} {word.Text} cannot be had: {e.Message}", "name the package for this system: build with -p:TorchSharpPackage=TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows");
        }
    }
#endif

    private static ChosenBackend On(Terminal terminal, ITorchRuntime runtime, BackendWord word, TorchCompute? compute)
    {
        if (word.Device.Cuda is { } wanted) CheckDevice(runtime, word, wanted);
        if (compute == TorchCompute.TF32 && !word.Device.IsCuda) terminal.Err.WriteLine($"note: {BackendOptions.ComputeName} tf32 is for CUDA devices: the CPU computes in f32");
        return new(word.Text, new TorchBackend(runtime, word.Device, new(compute ?? TorchCompute.F32)), compute is { } given ? BackendOptions.TextOf(given) : null);
    }

    // On a CPU the embedded engine is the faster one.
    private static ChosenBackend Suited(Terminal terminal, TorchCompute? compute)
    {
        var health = TorchHealth.Examine(TorchLibrary.Probe());
        if (health.Devices.FirstOrDefault(d => d.Failure is null) is { } device)
        {
            var word = BackendWord.Parse($"torch:cuda:{device.Index}")!;
            terminal.Err.WriteLine($"backend: {word.Text} ({device.Name})");
            return Torch(terminal, word, compute);
        }
        var reason = health.Fault is { } fault ? $"no libtorch: {fault.Message}" : health.Failure is { } failure ? $"libtorch does not compute: {Line(failure)}"
            : health.Devices is [var broken, ..] ? $"cuda:{broken.Index} does not compute: {broken.Failure}" : $"libtorch {health.Versions!.Torch} sees no CUDA device";
        terminal.Err.WriteLine($"backend: {BackendWord.Default.Text} ({reason}; {Doctor})");
        if (compute is { } given and not TorchCompute.F32) terminal.Err.WriteLine($"note: {BackendWord.Default.Text} does not compute in {BackendOptions.TextOf(given)}: {BackendOptions.ComputeName} changes nothing");
        return Open(terminal, new(null, null));
    }

    private static CommandFailure Failure(BackendWord word, LibraryFault fault)
    {
        var tried = fault.Places.Map(p => $"\nnote: {p.Origin}, {p.Path}: {p.Found}");
        return CommandFailure.Usage($"{BackendOptions.Name} {word.Text} cannot be had: {fault.Message}{string.Concat(tried)}", $"{fault.Remedy}; {Doctor}");
    }

    private static void CheckDevice(ITorchRuntime runtime, BackendWord word, int wanted)
    {
        string[] devices;
        try
        {
            devices = [.. runtime.Info.Devices];
        }
        catch (TorchException e)
        {
            throw CommandFailure.Usage($"libtorch cannot tell which CUDA devices there are: {Line(e.Message)}", $"see what nvidia-smi says; {Doctor}");
        }
        if (wanted < devices.Length) return;
        var binding = word.Text.Split(':')[0];
        var there = devices.Length == 0 ? "none" : string.Join(", ", devices.Select((name, i) => $"{binding}:cuda:{i} ({name})"));
        throw CommandFailure.Usage($"there is no CUDA device {wanted}: libtorch {runtime.Info.Version} of {runtime.Info.Binding} sees {there}",
            devices.Length > 0 ? "choose one of these" : $"{BackendOptions.Name} {binding} computes with libtorch on the CPU; {Doctor}");
    }

    private static string Line(string text) => text.Split('\n')[0];
}
