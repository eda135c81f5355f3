using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// A loop: its body is a plan of its own, run once a step. Constants are copied into the body's memory once a run, sequences slice by slice; the carries stay in
/// the body's memory from step to step, in place where its plan allows.
/// </summary>
internal sealed unsafe class LoopKernel : Kernel
{
    private readonly CpuExecutable _body;
    private readonly string _text;
    private readonly int _steps;
    private readonly bool _reverse;
    private readonly (nint From, nint To, nint Bytes)[] _before, _after;
    private readonly (nint Outside, nint Inside, nint Bytes)[] _slices, _outputs;

    private LoopKernel(CpuExecutable body, Def def, PlanContext context)
    {
        var loop = (Attributes.Loop)def.Node!.Attributes;
        (_body, _steps, _reverse, _text) = (body, loop.Length, loop.Reverse, def.ToString());
        List<(nint, nint, nint)> before = [], after = [], slices = [], outputs = [];
        for (var i = 0; i < def.Operands.Length; i++)
        {
            var input = loop.Body.Inputs[i];
            var copy = ((nint)context.Address(def.Operands[i]), body.InputAddress(i), Bytes(input));
            (i >= loop.Carries && i < loop.Carries + loop.Sequences ? slices : before).Add(copy);
        }
        var at = (nint)context.Address(def);
        for (var i = 0; i < loop.Body.Outputs.Length; i++)
        {
            var bytes = Bytes(loop.Body.Outputs[i].Value);
            if (i < loop.Carries) after.Add((body.InputAddress(i), at, bytes));
            else outputs.Add((at, body.OutputAddress(i), bytes));
            at += i < loop.Carries ? bytes : bytes * loop.Length;
        }
        (_before, _after, _slices, _outputs) = ([.. before], [.. after], [.. slices], [.. outputs]);
    }

    public static LoopKernel Compile(Def def, PlanContext context)
    {
        var loop = (Attributes.Loop)def.Node!.Attributes;
        var body = context.CompileBody(loop.Body, [.. Enumerable.Range(0, loop.Carries).Select(i => new Carry(i, i))]);
        var traffic = StepCompiler.Traffic(def) + loop.Length * body.Kernels.Sum(k => k.Traffic);
        return new(body, def, context) { Traffic = traffic, Operations = loop.Length * body.Kernels.Sum(k => k.Operations) };
    }

    public override string Describe() => $"loop of {_steps} steps of {_body.Kernels.Count} kernels -> {_text}";

    public override void Run(int chunk, int worker)
    {
        foreach (var (from, to, bytes) in _before) Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
        for (var step = 0; step < _steps; step++)
        {
            var at = _reverse ? _steps - 1 - step : step;
            foreach (var (outside, inside, bytes) in _slices) Buffer.MemoryCopy((void*)(outside + at * bytes), (void*)inside, bytes, bytes);
            _body.RunKernels();
            foreach (var (outside, inside, bytes) in _outputs) Buffer.MemoryCopy((void*)inside, (void*)(outside + at * bytes), bytes, bytes);
        }
        foreach (var (from, to, bytes) in _after) Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
    }

    private static nint Bytes(Tensor x) => (nint)x.Shape.Size * x.DType.Size();
}
