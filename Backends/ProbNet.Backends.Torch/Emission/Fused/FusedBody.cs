using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The statements of one graph, a whole step or the body of a loop.</summary>
internal sealed class FusedBody
{
    private readonly ScriptWriter _script;
    private readonly TorchCompute _compute;
    private readonly Dictionary<Def, (string Name, int[] Dims)> _tensors = [];
    private readonly List<(View View, string Name)> _views = [];
    private readonly Dictionary<Def, Tensor> _overwritten = [];
    private readonly Dictionary<Tensor, string> _names;

    private FusedBody(ScriptWriter script, Dictionary<Tensor, string> names, TorchCompute compute) => (_script, _names, _compute) = (script, names, compute);

    /// <summary>The carries that are computed over the old state.</summary>
    public HashSet<Carry> InPlace { get; } = [];

    /// <summary>The outputs that lie in the memory of inputs.</summary>
    public HashSet<Tensor> Shared { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="carries">Outputs that go over inputs at the end.</param>
    /// <param name="names">The names of the inputs; those of the outputs are added.</param>
    /// <param name="script">What is written to.</param>
    /// <param name="compute">The arithmetic of products.</param>
    public static FusedBody Write(TensorGraph graph, EqArray<Carry> carries, Dictionary<Tensor, string> names, ScriptWriter script, TorchCompute compute)
    {
        var plan = FusedPlan.Of(graph, carries);
        var lowered = plan.Lowered;
        var body = new FusedBody(script, names, compute);
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            if (names.TryGetValue(graph.Inputs[i], out var name)) body._tensors[lowered.Inputs[i]] = (name, graph.Inputs[i].Shape.AsSpan().ToArray());
        }
        foreach (var (next, carry) in plan.Overwritten)
        {
            body._overwritten.Add(next, graph.Inputs[carry.Input]);
            body.InPlace.Add(carry);
        }
        foreach (var step in plan.Order)
        {
            if (step.IsRegion) body.Region(step);
            else body.Kernel(step.Defs[0]);
        }
        for (var i = 0; i < graph.Outputs.Length; i++)
        {
            var def = lowered.Outputs[i].Def;
            if (def.Kind == DefKind.Input || body._overwritten.ContainsKey(def)) body.Shared.Add(graph.Outputs[i].Value);
        }
        for (var i = 0; i < graph.Outputs.Length; i++) names[graph.Outputs[i].Value] = body.Expression(lowered.Outputs[i] with { Dims = graph.Outputs[i].Value.Shape.AsSpan().ToArray() });
        return body;
    }

    private void Region(Step step)
    {
        var region = RegionText.Of(step, Expression, def => _overwritten.TryGetValue(def, out var input) ? _names[input] : null);
        foreach (var def in step.Writes)
        {
            if (_overwritten.TryGetValue(def, out var input)) _tensors[def] = (_names[input], input.Shape.AsSpan().ToArray());
        }
        string[] results = [.. region.Results.Select(_ => _script.Fresh("v"))];
        for (var i = 0; i < results.Length; i++) _tensors[region.Results[i]] = (results[i], region.Results[i].Dims);
        var call = results.Length == 0 ? "probnet.region(" : results.Length == 1 ? $"{results[0]} = probnet.region(" : $"{string.Join(", ", results)} = probnet.region(";
        _script.Line(call);
        _script.Indented(() =>
        {
            foreach (var (statement, comment) in region.Lines) _script.Line($"\"{statement};\"", comment);
            _script.Line($", [{string.Join(", ", region.Inputs)}], [{string.Join(", ", region.Updated)}]){(results.Length == 1 ? "[0]" : "")}");
        });
    }

    private void Kernel(Def def)
    {
        string[] operands = [.. def.Operands.Select(Expression)];
        var name = _script.Fresh("v");
        var dims = def.Node?.Shape.AsSpan().ToArray() ?? def.Dims;
        string value;
        if (def.Node is null)
        {
            (value, dims) = ($"{operands[0]}.clone(memory_format=0)", def.Operands[0].Dims);
        }
        else if (def.Op is OpCode.ReduceSum or OpCode.ReduceMax)
        {
            // Its operand has the folded axes last, whatever the node says.
            var axes = Script.List(Enumerable.Range(def.Dims.Length, def.Operands[0].Rank - def.Dims.Length));
            (value, dims) = ($"torch.{(def.Op == OpCode.ReduceSum ? "sum" : "amax")}({operands[0]}, {axes})", def.Dims);
        }
        else if (def.Op == OpCode.MatMul && def.Type == DType.F32 && _compute == TorchCompute.BF16)
        {
            // 15 is bfloat16.
            value = $"torch.matmul({operands[0]}.to(15), {operands[1]}.to(15)).to({Script.Number(DType.F32)})";
        }
        else if (def.Op is OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial)
        {
            // As many attempts as each element takes, without the host looking at them.
            var spec = (Attributes.RandomSpec)def.Node.Attributes;
            var function = def.Op == OpCode.RandomGamma ? "gamma" : def.Op == OpCode.RandomPoisson ? "poisson" : "binomial";
            value = $"probnet.{function}({string.Join(", ", operands)}, {spec.Stream}, {Math.Max(1, spec.Event.Size)})";
            if (!def.Node.Inputs[3].Shape.Equals(def.Node.Shape)) value = Script.Reshape(value, def.Node.Shape);
        }
        else
        {
            value = EmitTable.Rule(def.Op).Write(def.Node, operands, _script);
            if (def.Op is not (OpCode.MatMul or OpCode.Concat or OpCode.Pad)) value = $"({value}).contiguous()";
        }
        _script.Line($"{name} = {value}", def.Node is null ? null : Script.Comment(def.Node));
        _tensors[def] = (name, dims);
    }

    // A tensor of a view's dimensions.
    private string Expression(View view)
    {
        var (name, dims) = TensorOf(view.Def);
        if (view.IsIdentity && view.Dims.AsSpan().SequenceEqual(dims)) return name;
        foreach (var (known, made) in _views)
        {
            if (known.Same(view)) return made;
        }
        var expression = view.IsIdentity ? $"{name}.view({Script.List(view.Dims)})"
            : view.Offset == 0 ? $"torch.as_strided({name}, {Script.List(view.Dims)}, {Script.List(view.Strides)})"
            : $"torch.as_strided({name}.view([-1])[{view.Offset}:], {Script.List(view.Dims)}, {Script.List(view.Strides)})";
        var variable = _script.Fresh("view");
        _script.Line($"{variable} = {expression}");
        _views.Add((view, variable));
        return variable;
    }

    private (string Name, int[] Dims) TensorOf(Def def)
    {
        if (_tensors.TryGetValue(def, out var known)) return known;
        if (def.Value is not { } value) throw new InvalidOperationException($"{def} is used before it is computed");
        return _tensors[def] = (_script.Constant(value), value.Shape.AsSpan().ToArray());
    }
}
