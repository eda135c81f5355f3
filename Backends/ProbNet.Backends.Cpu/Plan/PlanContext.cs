using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>What the compilers of steps share: addresses, scratch memory and the kernels of this machine.</summary>
internal sealed unsafe class PlanContext
{
    private readonly MemoryPlan _memory;
    private readonly byte* _arena;
    private readonly Dictionary<nint, Def> _states = [];
    private readonly List<Action> _bindings = [];
    private readonly WorkerPool _pool;
    private readonly List<CpuExecutable> _bodies = [];
    private nint _scratchBytes = 64, _partialBytes = 64;
    private byte* _scratch;

    public PlanContext(TileTable table, Lowered lowered, MemoryPlan memory, byte* arena, PlanMemory code, int workers, WorkerPool pool)
    {
        (Table, Code, Workers, _memory, _pool) = (table, code, workers, memory, pool);
        _arena = arena;
        foreach (var input in lowered.Inputs) _states.TryAdd(memory.Offsets[input.Id], input);
    }

    public TileTable Table { get; }

    /// <summary>Whether there is no memory behind the addresses: the plan is described, never run.</summary>
    public bool IsDry { get; init; }

    public PlanMemory Code { get; }

    public int Workers { get; }

    /// <summary>Bytes of scratch memory of all workers, and of reductions' partial results.</summary>
    public nint ScratchBytes => _scratchBytes * Workers + _partialBytes;

    public byte* Address(Def def) => _arena + _memory.Offsets[def.Id];

    public byte* Address(View view) => Address(view.Def) + (nint)view.Offset * ProbNet.Graph.DTypes.Size(view.Def.Type);

    /// <summary>The definition that stands for the memory of another: state and its next value share one where that is computed in place.</summary>
    public Def Owner(Def def) => _states.GetValueOrDefault(_memory.Offsets[def.Id], def);

    /// <summary>Asks for scratch memory of each worker's own, valid during one step.</summary>
    public void NeedScratch(nint bytes) => _scratchBytes = Math.Max(_scratchBytes, (bytes + 127) / 128 * 128 + 128);

    /// <summary>Asks for memory for the partial results of one step's chunks.</summary>
    public void NeedPartials(nint bytes) => _partialBytes = Math.Max(_partialBytes, (bytes + 127) / 128 * 128 + 128);

    /// <summary>Does something that needs the addresses of scratch memory, once they are known.</summary>
    public void OnceAllocated(Action bind) => _bindings.Add(bind);

    /// <summary>A worker's scratch memory.</summary>
    public byte* Scratch(int worker) => _scratch + worker * _scratchBytes;

    /// <summary>Where reductions keep the chunks' partial results.</summary>
    public byte* Partials => _scratch + Workers * _scratchBytes;

    /// <summary>The plans of loops' bodies made so far; they belong to the plan and end with it.</summary>
    public IReadOnlyList<CpuExecutable> Bodies => _bodies;

    /// <summary>Compiles the body of a loop, whose kernels share this plan's workers.</summary>
    public CpuExecutable CompileBody(TensorGraph body, EqArray<Carry> carries)
    {
        var compiled = CpuExecutable.Create(body, new CompileOptions { Carries = carries, Threads = Workers }, Table, _pool, IsDry);
        _bodies.Add(compiled);
        return compiled;
    }

    /// <summary>Gives everyone their scratch memory: <see cref="ScratchBytes"/> from <paramref name="scratch"/>.</summary>
    public void Bind(byte* scratch)
    {
        _scratch = scratch;
        foreach (var bind in _bindings) bind();
        _bindings.Clear();
    }
}
