using ProbNet.Backends.Torch;
using ProbNet.Graph;
using static TorchSharp.torch;

namespace ProbNet.Backends.TorchSharp;

/// <summary>
/// libtorch through TorchSharp, which brings it as a package. Scripts keep to libtorch's own operators, and steps are not captured. TorchSharp never frees a compiled script:
/// equal texts are compiled once, and what was compiled stays as long as the process. A text that does not compile ends the process, for TorchSharp lets that exception of
/// libtorch through: only what the emitter writes may be given to it.
/// </summary>
public sealed class TorchSharpRuntime : ITorchRuntime
{
    private readonly Dictionary<string, jit.CompilationUnit> _units = [];

    private TorchSharpRuntime()
    {
    }

    /// <summary>Loads TorchSharp's native library and the libtorch it finds.</summary>
    /// <exception cref="DllNotFoundException">They are not beside the program or do not load.</exception>
    public static TorchSharpRuntime Load()
    {
        try
        {
            InitializeDeviceType(global::TorchSharp.DeviceType.CPU);
            return new();
        }
        catch (Exception e) when (e is NotSupportedException or TypeInitializationException or DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new DllNotFoundException($"TorchSharp {Release} does not find its libtorch {__version__}: {TorchSharpFaults.FirstLine(e)}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>TorchSharp does not tell the names of devices: they are numbered.</remarks>
    public TorchInfo Info => new($"TorchSharp {Release}", __version__, [.. Enumerable.Range(0, CudaDevices).Select(i => $"CUDA device {i}")]);

    /// <inheritdoc/>
    public bool HasOperators => false;

    /// <inheritdoc/>
    public int CudaDevices => TorchSharpFaults.Guard(() => cuda.is_available() ? cuda.device_count() : 0);

    private static string Release => typeof(jit.CompilationUnit).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <inheritdoc/>
    /// <remarks>libtorch sees the text when it is bound, with a function that takes the arguments one by one.</remarks>
    public ITorchScript Compile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TorchSharpScript(text);
    }

    /// <inheritdoc/>
    public ITorchTensor Create(TorchDevice device, DType type, Shape shape) => TorchSharpTensor.Zeros(device, type, shape);

    /// <inheritdoc/>
    public ITorchStep Bind(ITorchScript script, string function, IReadOnlyList<ITorchTensor> inputs, IReadOnlyList<ITorchTensor> constants)
    {
        ArgumentNullException.ThrowIfNull(script);
        var text = ((TorchSharpScript)script).Text;
        if (!text.Contains($"def {function}(", StringComparison.Ordinal)) throw new TorchException(TorchFault.Argument, $"the script has no function '{function}'");
        var unit = Unit(text + CallText(function, inputs.Count, constants.Count));
        return new TorchSharpStep(unit, [.. inputs.Concat(constants).Select(t => ((TorchSharpTensor)t).Value)]);
    }

    /// <inheritdoc/>
    public void Synchronize(TorchDevice device)
    {
        if (!device.IsCuda) return;
        // A copy to the host waits for what the device was given before; the call for it has other arguments in other releases.
        using var value = TorchSharpTensor.Zeros(device, DType.F32, []);
        value.Read<float>(stackalloc float[1]);
    }

    /// <inheritdoc/>
    /// <remarks>Zeros for CUDA too: TorchSharp does not tell.</remarks>
    public TorchMemory Memory(TorchDevice device) => default;

    /// <inheritdoc/>
    public void SetThreads(int threads) => TorchSharpFaults.Guard(() => set_num_threads(threads > 0 ? threads : Environment.ProcessorCount));

    /// <inheritdoc/>
    public void SetTf32(bool allowed) => TorchSharpFaults.Guard(() =>
    {
        backends.cuda.matmul.allow_tf32 = allowed;
        backends.cudnn.allow_tf32 = allowed;
    });

    /// <summary>Nothing: libtorch and the scripts stay until the process ends.</summary>
    public void Dispose()
    {
    }

    /// <summary>A function that takes the tensors one by one: arguments that are lists came with later releases of TorchSharp.</summary>
    internal static string CallText(string function, int inputs, int constants)
    {
        var (first, second) = (Names("input", inputs), Names("constant", constants));
        var parameters = string.Join(", ", first.Concat(second).Select(n => $"{n}: Tensor"));
        return $"\n\ndef {TorchSharpStep.Call}({parameters}) -> List[Tensor]:\n    return {function}([{string.Join(", ", first)}], [{string.Join(", ", second)}])\n";

        static string[] Names(string stem, int count) => [.. Enumerable.Range(0, count).Select(i => $"{stem}_{i}")];
    }

    private jit.CompilationUnit Unit(string text)
    {
        lock (_units)
        {
            if (_units.TryGetValue(text, out var known)) return known;
            return _units[text] = TorchSharpFaults.Guard(() => jit.compile(text), TorchFault.Compile);
        }
    }
}

/// <summary>The text of a script. What is compiled of it is the runtime's.</summary>
/// <param name="Text">The script.</param>
internal sealed record TorchSharpScript(string Text) : ITorchScript
{
    /// <summary>Nothing: the runtime keeps what was compiled for the next time.</summary>
    public void Dispose()
    {
    }
}
