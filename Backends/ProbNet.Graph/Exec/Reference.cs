using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>The slow evaluator: applies each row's reference meaning in order. It defines what backends must compute.</summary>
public static class Reference
{
    /// <summary>The outputs of <paramref name="graph"/> for the given input values.</summary>
    /// <exception cref="ArgumentException">The number, types or shapes of the values are not the inputs'.</exception>
    public static ImmutableArray<HostTensor> Evaluate(TensorGraph graph, IReadOnlyList<HostTensor> inputs)
    {
        var values = EvaluateAll(graph, inputs);
        return [.. graph.Outputs.Select(output => values[output.Value])];
    }

    /// <summary>The value of every node of the graph.</summary>
    public static IReadOnlyDictionary<Tensor, HostTensor> EvaluateAll(TensorGraph graph, IReadOnlyList<HostTensor> inputs)
    {
        if (inputs.Count != graph.Inputs.Length) throw new ArgumentException($"{inputs.Count} values for {graph.Inputs.Length} inputs", nameof(inputs));
        var values = new Dictionary<Tensor, HostTensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Count; i++)
        {
            var input = graph.Inputs[i];
            if (inputs[i].DType != input.DType || inputs[i].Shape != input.Shape)
            {
                throw new ArgumentException(
                    $"input '{input.InputName()}' is {input.DType.Name()}{input.Shape}, its value {inputs[i].DType.Name()}{inputs[i].Shape}", nameof(inputs));
            }
            values[input] = inputs[i];
        }
        foreach (var node in graph.Nodes)
        {
            if (node.Op == OpCode.Input) continue;
            var operands = new HostTensor[node.Inputs.Length];
            for (var i = 0; i < operands.Length; i++) operands[i] = values[node.Inputs[i]];
            values[node] = OpTable.Rule(node.Op).Evaluate(node, operands);
        }
        return values;
    }

    /// <summary>
    /// The node where the first non-finite output went wrong: the earliest floating-point node with an infinite or NaN element none of whose own operands has one,
    /// found by walking back from the output through non-finite operands. Operands of a selection count only where they are selected; literal
    /// infinities are not followed, so that the node that uses one is named. In a loop the node of its body at the first step that goes wrong is named. Null
    /// where all outputs are finite.
    /// </summary>
    public static (Tensor Node, HostTensor Value)? FirstNonFinite(TensorGraph graph, IReadOnlyList<HostTensor> inputs)
    {
        var values = EvaluateAll(graph, inputs);
        foreach (var (_, output) in graph.Outputs)
        {
            if (IsFinite(values[output])) continue;
            var node = output;
            while (BadOperand(node, values) is { } operand) node = operand;
            return node.Attributes is Attributes.Loop loop ? InBody(node, loop, values) : (node, values[node]);
        }
        return null;
    }

    // The node of the body that fails at the first step where one does.
    private static (Tensor Node, HostTensor Value) InBody(Tensor node, Attributes.Loop loop, IReadOnlyDictionary<Tensor, HostTensor> values)
    {
        HostTensor[] inputs = [.. node.Inputs.Select(x => values[x])];
        for (var step = 0; step < loop.Length; step++)
        {
            var at = loop.Reverse ? loop.Length - 1 - step : step;
            for (var s = loop.Carries; s < loop.Carries + loop.Sequences; s++) inputs[s] = LoopOps.Row(values[node.Inputs[s]], loop.Body.Inputs[s].Shape, at);
            if (FirstNonFinite(loop.Body, inputs) is { } found) return found;
            var next = Evaluate(loop.Body, inputs);
            for (var i = 0; i < loop.Carries; i++) inputs[i] = next[i];
        }
        return (node, values[node]);
    }

    private static Tensor? BadOperand(Tensor node, IReadOnlyDictionary<Tensor, HostTensor> values)
    {
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            var operand = node.Inputs[i];
            if (IsLiteral(operand) || IsFinite(values[operand])) continue;
            if (node.Op != OpCode.Select || SelectedIsBad(values[node.Inputs[0]], values[operand], chosen: i == 1)) return operand;
        }
        return null;
    }

    private static bool IsLiteral(Tensor x)
    {
        while (x.Op is OpCode.Broadcast or OpCode.Reshape) x = x.Inputs[0];
        return x.Op == OpCode.Constant;
    }

    private static bool SelectedIsBad(HostTensor condition, HostTensor value, bool chosen)
    {
        var selected = condition.Span<bool>();
        for (var i = 0; i < selected.Length; i++)
        {
            if (selected[i] == chosen && !double.IsFinite(value[i])) return true;
        }
        return false;
    }

    private static bool IsFinite(HostTensor value)
    {
        if (!value.DType.IsFloat()) return true;
        for (var i = 0; i < value.Data.Length; i++)
        {
            if (!double.IsFinite(value[i])) return false;
        }
        return true;
    }
}
