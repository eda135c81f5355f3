using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// A compiled plan with its memory. Carried state is updated in place where the plan allows; an output that is carried and computed in place shares
/// its storage with the input, so it reads as the input does if that is written between the run and the read.
/// </summary>
internal sealed unsafe class CpuExecutable : IExecutable
{
    private readonly TensorGraph _graph;
    private readonly TileTable _table;
    private readonly NativeBlock _arena, _scratch;
    private readonly PlanMemory _code;
    private readonly WorkerPool _pool;
    private readonly CpuExecutable[] _bodies;
    private readonly bool _ownsPool;
    private readonly Kernel[] _kernels;
    private readonly nint[] _inputs, _outputs;
    private readonly (nint From, nint To, nint Bytes)[] _copies;
    private readonly int _inPlace;
    private readonly CompileOptions _options;
    private readonly PlanSummary _memory;
    private bool _disposed;

    private CpuExecutable(TensorGraph graph, TileTable table, NativeBlock arena, NativeBlock scratch, PlanMemory code, WorkerPool pool, bool ownsPool, Kernel[] kernels,
        CpuExecutable[] bodies, nint[] inputs, nint[] outputs, (nint From, nint To, nint Bytes)[] copies, int inPlace, CompileOptions options, PlanSummary memory)
    {
        (_options, _memory) = (options, memory);
        (_graph, _table, _arena, _scratch, _code, _pool, _kernels) = (graph, table, arena, scratch, code, pool, kernels);
        (_ownsPool, _bodies) = (ownsPool, bodies);
        (_inputs, _outputs, _copies, _inPlace) = (inputs, outputs, copies, inPlace);
    }

    // Without disposal the memory has finalizers of its own, but the sleeping helpers would stay.
    ~CpuExecutable()
    {
        if (_ownsPool) _pool?.Stop();
    }

    /// <summary>
    /// Plans, allocates and compiles. The body of a loop shares the workers of the plan around it. A dry plan has addresses but no memory behind them: it
    /// can be described and nothing else.
    /// </summary>
    public static CpuExecutable Create(TensorGraph graph, CompileOptions options, TileTable table, WorkerPool? shared = null, bool isDry = false)
    {
        foreach (var carry in options.Carries)
        {
            var (from, to) = (graph.Outputs[carry.Output].Value, graph.Inputs[carry.Input]);
            if (from.DType != to.DType || from.Shape != to.Shape)
                throw new ArgumentException($"output '{graph.Outputs[carry.Output].Name}' ({from}) cannot become input '{to.InputName()}' ({to})", nameof(options));
        }
        var workers = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var lowered = Lowering.Run(graph, LoweringOptions.All);
        Recomputation.Apply(lowered.Defs);
        var order = Schedule.Order(Clusters.Build(lowered.Defs, Levels.Assign(lowered.Defs)), lowered, options.Carries);
        var memory = MemoryPlan.Make(lowered, order, options.Carries);
        var arena = new NativeBlock(memory.Bytes, isDry);
        var code = new PlanMemory();
        NativeBlock? scratch = null;
        var pool = shared ?? new WorkerPool(workers);
        IReadOnlyList<CpuExecutable> bodies = [];
        try
        {
            var context = new PlanContext(table, lowered, memory, arena.Start, code, workers, pool) { IsDry = isDry };
            bodies = context.Bodies;
            List<Kernel> kernels = [], once = [];
            foreach (var step in order) (step.Defs[0].Fixed ? once : kernels).Add(StepCompiler.Compile(step, context));
            scratch = new NativeBlock(context.ScratchBytes, isDry);
            context.Bind(scratch.Start);
            if (!isDry)
            {
                foreach (var def in lowered.Defs)
                {
                    if (def.Value is { } value) CopyFrom(value, context.Address(def));
                }
                foreach (var kernel in once) RunAlone(kernel);
            }

            var copies = new List<(nint, nint, nint)>();
            for (var i = 0; i < options.Carries.Count; i++)
            {
                if (memory.InPlace[i]) continue;
                var (from, to) = (lowered.Outputs[options.Carries[i].Output].Def, lowered.Inputs[options.Carries[i].Input]);
                copies.Add(((nint)context.Address(from), (nint)context.Address(to), to.Bytes));
            }
            nint[] inputs = Array.ConvertAll(lowered.Inputs, def => (nint)context.Address(def));
            nint[] outputs = Array.ConvertAll(lowered.Outputs, view => (nint)context.Address(view));
            return new(graph, table, arena, scratch, code, pool, shared is null, [.. kernels], [.. bodies], inputs, outputs, [.. copies], memory.InPlace.Count(x => x),
                options, MemoryOf(graph, options, arena, scratch, code, context));
        }
        catch
        {
            foreach (var body in bodies) body.Dispose();
            if (shared is null) pool.Dispose();
            arena.Dispose();
            scratch?.Dispose();
            code.Dispose();
            throw;
        }
    }

    /// <summary>Kernels run at each step.</summary>
    internal IReadOnlyList<Kernel> Kernels => _kernels;

    /// <summary>Bytes of native memory held.</summary>
    internal nint ArenaBytes => _arena.Bytes;

    /// <summary>Carried values that are updated in place.</summary>
    internal int InPlace => _inPlace;

    /// <inheritdoc/>
    public void Write<T>(int input, ReadOnlySpan<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var node = _graph.Inputs[input];
        Transfers.Check<T>(node, values.Length, "input", input, nameof(values));
        values.CopyTo(new Span<T>((void*)_inputs[input], values.Length));
        GC.KeepAlive(this);
    }

    /// <summary>Where an input is written, for the loop around this body.</summary>
    internal nint InputAddress(int input) => _inputs[input];

    /// <summary>Where an output is after a run.</summary>
    internal nint OutputAddress(int output) => _outputs[output];

    /// <inheritdoc/>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RunKernels();
        GC.KeepAlive(this);
    }

    /// <summary>Runs once; the caller keeps this alive.</summary>
    internal void RunKernels()
    {
        foreach (var kernel in _kernels)
        {
            if (kernel.Chunks == 1) kernel.Run(0, 0);
            else _pool.Run(kernel);
            kernel.Finish();
        }
        foreach (var (from, to, bytes) in _copies) Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
    }

    /// <inheritdoc/>
    public void Read<T>(int output, Span<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Transfers.Check<T>(_graph.Outputs[output].Value, values.Length, "output", output, nameof(values));
        new ReadOnlySpan<T>((void*)_outputs[output], values.Length).CopyTo(values);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void ReadInput<T>(int input, Span<T> values) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Transfers.Check<T>(_graph.Inputs[input], values.Length, "input", input, nameof(values));
        new ReadOnlySpan<T>((void*)_inputs[input], values.Length).CopyTo(values);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public string Describe() => PlanText.Of(Summary(), _graph, _options);

    /// <summary>The plan's kernels and memory.</summary>
    public PlanSummary Summary() => _memory with
    {
        Title = $"cpu plan on {_table.Bits}-bit vectors",
        Kernels = [.. _kernels.Select(k => new KernelSummary(k.Describe(), k.Traffic, k.Operations, k.Chunks))],
        InPlace = _inPlace,
        Copied = _copies.Length,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        GC.SuppressFinalize(this);
        foreach (var body in _bodies) body.Dispose();
        if (_ownsPool) _pool.Dispose();
        _arena.Dispose();
        _scratch.Dispose();
        _code.Dispose();
    }

    private static PlanSummary MemoryOf(TensorGraph graph, CompileOptions options, NativeBlock arena, NativeBlock scratch, PlanMemory code, PlanContext context)
    {
        var carried = options.Carries.Select(c => c.Input).ToHashSet();
        long state = 0, data = 0;
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            var bytes = (long)graph.Inputs[i].Shape.Size * graph.Inputs[i].DType.Size();
            if (carried.Contains(i)) state += bytes;
            else data += bytes;
        }
        return new()
        {
            Title = "",
            StateBytes = state,
            DataBytes = data,
            IntermediateBytes = arena.Bytes - state - data + context.Bodies.Sum(b => b._memory.TotalBytes),
            ScratchBytes = scratch.Bytes,
            CodeBytes = code.Bytes,
            Threads = context.Workers,
        };
    }

    private static void RunAlone(Kernel kernel)
    {
        for (var chunk = 0; chunk < kernel.Chunks; chunk++) kernel.Run(chunk, 0);
        kernel.Finish();
    }

    private static void CopyFrom(HostTensor value, byte* to)
    {
        switch (value.Data)
        {
            case float[] f: f.CopyTo(new Span<float>(to, f.Length)); break;
            case double[] d: d.CopyTo(new Span<double>(to, d.Length)); break;
            case long[] l: l.CopyTo(new Span<long>(to, l.Length)); break;
            case bool[] b: b.CopyTo(new Span<bool>(to, b.Length)); break;
        }
    }
}
