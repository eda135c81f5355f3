using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>A step of libtorch with the tensors it works on. Owns its handles.</summary>
internal sealed class TorchExecutable : IExecutable
{
    private readonly TensorGraph _graph;
    private readonly EmittedScript _script;
    private readonly TorchDevice _device;
    private readonly ITorchRuntime _runtime;
    private readonly ITorchScript _compiled;
    private readonly ITorchTensor[] _inputs, _constants;
    private readonly ITorchStep _step;
    // For each output, its place among the returned tensors, or -1 - the input it is carried to.
    private readonly int[] _places;
    // Whether products may be computed in TF32; libtorch has one switch for the whole process, so it is set before each run that chooses kernels.
    private readonly bool _tf32, _captures;
    private int _runs;
    private string _capture = "";
    private bool _disposed;

    private TorchExecutable(
        ITorchRuntime runtime, TorchDevice device, TensorGraph graph, EmittedScript script, ITorchScript compiled, ITorchTensor[] inputs, ITorchTensor[] constants, ITorchStep step, TorchOptions compute, CompileOptions options)
    {
        (_tf32, _captures) = (compute.Compute == TorchCompute.TF32, compute.Captures);
        (_runtime, _device, _graph, _script, _compiled, _inputs, _constants, _step) = (runtime, device, graph, script, compiled, inputs, constants, step);
        _places = new int[graph.Outputs.Length];
        foreach (var carry in options.Carries) _places[carry.Output] = -1 - carry.Input;
        for (var i = 0; i < script.Returned.Count; i++) _places[script.Returned[i]] = i;
    }

    /// <summary>Emits, compiles and allocates.</summary>
    public static TorchExecutable Create(ITorchRuntime runtime, TorchDevice device, TorchOptions options, TensorGraph graph, CompileOptions compile)
    {
        var script = TorchBackend.Emit(runtime.HasOperators, options, graph, compile.Carries);
        var owned = new List<IDisposable>();
        try
        {
            // The process's, like everything in libtorch: of several executables the last one decides.
            runtime.SetThreads(compile.Threads);
            var compiled = Own(runtime.Compile(script.Text));
            ITorchTensor[] inputs = [.. graph.Inputs.Select(x => Own(runtime.Create(device, x.DType, x.Shape)))];
            ITorchTensor[] constants = [.. script.Constants.Select(x => Own(Filled(x)))];
            var step = Own(runtime.Bind(compiled, EmittedScript.Function, inputs, constants));
            return new(runtime, device, graph, script, compiled, inputs, constants, step, options, compile);
        }
        catch (Exception e)
        {
            foreach (var handle in owned) handle.Dispose();
            if (e is TorchException fault) throw ScriptFault.Located(script.Text, fault);
            throw;
        }

        T Own<T>(T handle) where T : IDisposable
        {
            owned.Add(handle);
            return handle;
        }

        ITorchTensor Filled(HostTensor value)
        {
            var tensor = runtime.Create(device, value.DType, value.Shape);
            tensor.Write(value);
            return tensor;
        }
    }

    /// <inheritdoc/>
    public bool IsAsynchronous => _device.IsCuda;

    /// <summary>Runs on a CUDA device before the step is captured: libraries choose their kernels, make their workspaces and compile what is fused.</summary>
    internal const int WarmUp = 3;

    /// <summary>Whether runs replay a captured graph.</summary>
    internal bool IsCaptured { get; private set; }

    /// <inheritdoc/>
    public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Transfers.Check<T>(_graph.Inputs[input], values.Length, "input", input, nameof(values));
        _inputs[input].Write(values);
    }

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_device.IsCuda && !IsCaptured) Prepare();
        try
        {
            _step.Run();
        }
        catch (TorchException fault)
        {
            throw ScriptFault.Located(_script.Text, fault);
        }
    }

    // Once warm, a run is recorded, which changes nothing, and what follows is replayed. Where that cannot be done the runs go on one operator at a time.
    private void Prepare()
    {
        _runtime.SetTf32(_tf32);
        if (!_captures || _runs > WarmUp || _runs++ != WarmUp) return;
        // A loop that ends when the host says so; to try would break the capture halfway.
        var looks = _script.Text.Contains("while bool(", StringComparison.Ordinal);
        IsCaptured = !looks && _step.Capture();
        var why = looks ? "a loop of the script looks at values on the host" : _step.CaptureRefusal?.ReplaceLineEndings(" ");
        _capture = IsCaptured ? "# captured: runs replay a CUDA graph" : $"# not captured, runs go operator by operator: {why}";
    }

    /// <inheritdoc/>
    public void Read<T>(int output, Span<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Transfers.Check<T>(_graph.Outputs[output].Value, values.Length, "output", output, nameof(values));
        if (_places[output] < 0) _inputs[-1 - _places[output]].Read(values);
        else _step.Read(_places[output], values);
    }

    /// <inheritdoc/>
    public void ReadInput<T>(int input, Span<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Transfers.Check<T>(_graph.Inputs[input], values.Length, "input", input, nameof(values));
        _inputs[input].Read(values);
    }

    /// <inheritdoc/>
    public string Describe() => _capture.Length == 0 ? _script.Text : $"{_capture}\n{_script.Text}";

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _step.Dispose();
        foreach (var tensor in _inputs) tensor.Dispose();
        foreach (var tensor in _constants) tensor.Dispose();
        _compiled.Dispose();
    }
}
