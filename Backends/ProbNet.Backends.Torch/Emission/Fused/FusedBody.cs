using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The statements of one graph, a whole step or the body of a loop.</summary>
internal sealed class FusedBody
{
    private readonly ScriptWriter _script;
    private readonly TorchCompute _compute;
    private readonly Dictionary<Def, (string Name, int[] Dims)> _tensors = [];
    private readonly List<(View View, string Name)> _views = [];
    private readonly Pooling _pooling = new();
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
            // A region that reads nothing takes a number to know the device by.
            var inputs = region.Inputs.Count + region.Updated.Count > 0 ? string.Join(", ", region.Inputs) : _script.Constant(HostTensor.Scalar(0L));
            _script.Line($", [{inputs}], [{string.Join(", ", region.Updated)}]){(results.Length == 1 ? "[0]" : "")}");
        });
    }

    private void Kernel(Def def)
    {
        var (value, dims) = Value(def);
        var name = _script.Fresh("v");
        _script.Line($"{name} = {value}", def.Node is null ? null : Script.Comment(def.Node));
        _tensors[def] = (name, dims);
    }

    // The expression of a kernel's result, dense, and its dimensions.
    private (string Expression, int[] Dims) Value(Def def)
    {
        if (def.Node is not { } node) return ($"{Expression(def.Operands[0])}.clone(memory_format=0)", def.Operands[0].Dims);
        var dims = node.Shape.AsSpan().ToArray();
        if (def.Windows is not null) return ($"({Convolutions.Product(def, Expression, Dense, Narrow(def), Wide(def))}).contiguous()", dims);
        if (def.Op == OpCode.Fold && def.Operands.Length == 2) return ($"({Convolutions.Fold(def, Expression, Dense, Narrow(def), Wide(def))}).contiguous()", dims);
        string[] operands = [.. def.Operands.Select(Expression)];
        if (def.Op is OpCode.ReduceSum or OpCode.ReduceMax)
        {
            // Its operand has the folded axes last, whatever the node says.
            var axes = Script.List(Enumerable.Range(def.Dims.Length, def.Operands[0].Rank - def.Dims.Length));
            return ($"torch.{(def.Op == OpCode.ReduceSum ? "sum" : "amax")}({operands[0]}, {axes})", def.Dims);
        }
        if (def.Op is OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial) return (Draws(node, operands), dims);
        if (Pooling.Takes(node)) return ($"({_pooling.Write(node, operands, _script)}).contiguous()", dims);
        if (def.Op == OpCode.MatMul && Narrow(def) is { Length: > 0 } narrow) return ($"torch.matmul({operands[0]}{narrow}, {operands[1]}{narrow}){Wide(def)}", dims);
        var value = EmitTable.Rule(def.Op).Write(node, operands, _script);
        return (def.Op is OpCode.MatMul or OpCode.Concat or OpCode.Pad ? value : $"({value}).contiguous()", dims);
    }

    // As many attempts as each element takes, without the host looking at them.
    private static string Draws(Tensor node, string[] operands)
    {
        var spec = (Attributes.RandomSpec)node.Attributes;
        var function = node.Op == OpCode.RandomGamma ? "gamma" : node.Op == OpCode.RandomPoisson ? "poisson" : "binomial";
        var value = $"probnet.{function}({string.Join(", ", operands)}, {spec.Stream}, {Math.Max(1, spec.Event.Size)})";
        return node.Inputs[3].Shape.Equals(node.Shape) ? value : Script.Reshape(value, node.Shape);
    }

    // Products of single precision can be computed in bfloat16, whose number is 15.
    private string Narrow(Def def) => def.Type == DType.F32 && _compute == TorchCompute.BF16 ? ".to(15)" : "";

    private string Wide(Def def) => Narrow(def).Length == 0 ? "" : $".to({Script.Number(DType.F32)})";

    // A tensor of a view's elements under dimensions that it has no strides for.
    private string Dense(View view, int[] dims) => $"{Expression(view)}.reshape({Script.List(dims)})";

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
